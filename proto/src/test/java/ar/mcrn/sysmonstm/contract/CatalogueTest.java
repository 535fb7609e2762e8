package ar.mcrn.sysmonstm.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CatalogueTest {
    private static final Set<String> UNITS = Set.of("1", "By", "By/s", "s");

    static Stream<List<? extends Column>> kinds() {
        return Stream.of(HostColumn.ALL, DiskColumn.ALL, InterfaceColumn.ALL, FilesystemColumn.ALL);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void wireNumbersHaveNoHolesAndFitAMask(List<? extends Column> columns) {
        for (int i = 0; i < columns.size(); i++) {
            assertThat(columns.get(i).wire()).isEqualTo(i);
            assertThat(columns.get(i).bit()).isEqualTo(1L << i);
        }
        assertThat(columns).hasSizeLessThanOrEqualTo(64);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void keysAndColumnsAreUniqueAndKeysReadBack(List<? extends Column> columns) {
        Set<String> keys = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (Column column : columns) {
            MetricKey key = MetricKey.of(column);
            assertThat(keys.add(key.toString())).as(key.toString()).isTrue();
            assertThat(names.add(column.column())).as(column.column()).isTrue();
            assertThat(MetricKey.parse(key.toString())).isEqualTo(key);
            assertThat(column.column()).matches("[a-z][a-z0-9_]*");
            assertThat(column.metric()).startsWith("system.");
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyColumnHasAUnitAScaleAndABound(List<? extends Column> columns) {
        for (Column column : columns) {
            assertThat(column.scale()).as(column.column()).isPositive();
            assertThat(column.max()).as(column.column()).isBetween(1L, Limits.COUNTER);
            assertThat(UNITS.contains(column.unit()) || column.unit().matches("\\{[a-z]+}(/s)?"))
                    .as(column.unit())
                    .isTrue();
            assertThat(column.value(0, 1_000)).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void ratiosAreSharesOfOneAndDeltasAreSeenPerSecond(List<? extends Column> columns) {
        for (Column column : columns) {
            if (column.max() == 10_000) {
                assertThat(column.value(10_000, 250)).as(column.column()).isEqualTo(1.0);
            }
            double expected = column.kind() == Kind.DELTA ? 2 * column.value(8, 1_000) : column.value(8, 1_000);
            assertThat(column.value(8, 500)).as(column.column()).isEqualTo(expected);
        }
    }
}
