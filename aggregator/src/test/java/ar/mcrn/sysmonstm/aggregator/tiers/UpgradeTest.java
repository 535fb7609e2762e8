package ar.mcrn.sysmonstm.aggregator.tiers;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.aggregator.history.TestSchema;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was stored under each earlier schema is there after the migrations, and is rolled up like anything else. */
class UpgradeTest {
    private static final int STAMPS = 40;
    /** More than a count may be since V003. */
    private static final String TOO_MUCH = "5000000000";

    private static PostgresFixture postgres;

    @BeforeAll
    static void startPostgres() {
        postgres = PostgresFixture.start();
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"001", "002"})
    void keepsAndRollsUpWhatWasStoredUnder(String version) throws Exception {
        DataSource source = postgres.dataSource(postgres.freshDatabase());
        Flyway.configure(getClass().getClassLoader())
                .dataSource(source)
                .locations("classpath:db")
                .target(version)
                .placeholders(Map.of("mode", "plain", "partitioned", " partition by range (time)"))
                .load()
                .migrate();
        TierRig.makeRoomForRaw(source);
        store(source);
        List<String> before = rows(source);

        TestSchema.migrate(source);

        assertThat(rows(source))
                .isEqualTo(before.stream()
                        .map(row -> row.replace(TOO_MUCH, Integer.toString(Integer.MAX_VALUE)))
                        .toList())
                .hasSizeGreaterThan(STAMPS);
        TierRig.makeRoomForTiers(source);
        try (TierRig rig = new TierRig(source, (connection, from, until) -> {})) {
            rig.rollUp(TierRig.HOUR.plus(Duration.ofHours(2)));
            rig.assertExact();
            assertThat(rig.count("host_minute")).isPositive();
        }
    }

    private static void store(DataSource source) throws SQLException {
        Random random = new Random(7);
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < STAMPS; i++) {
                for (TierTable table : TierTable.ALL) {
                    TierRig.row(connection, random, table, 1, 1, TierRig.HOUR.plusSeconds(1 + 60L * i), i);
                }
            }
            assertThat(statement.executeUpdate(
                            "update host_sample set context_switches = " + TOO_MUCH + " where sequence = 3"))
                    .isEqualTo(1);
        }
    }

    /** Every row of the raw tables as text. */
    private static List<String> rows(DataSource source) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            for (String table : TierRig.RAW) {
                try (ResultSet row =
                        statement.executeQuery("select t::text from " + table + " as t order by machine_id, time")) {
                    while (row.next()) {
                        rows.add(table + row.getString(1));
                    }
                }
            }
        }
        return rows;
    }
}
