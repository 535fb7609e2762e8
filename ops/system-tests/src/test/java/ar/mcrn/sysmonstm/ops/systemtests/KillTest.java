package ar.mcrn.sysmonstm.ops.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultLoad;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultRow;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultRunner;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios.Scenarios;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The short form of {@code ./sysmon faults}: a few faults under less load lose nothing and store nothing twice. Counts alone are
 * held here; limits of time are judged by the command, on a machine that has nothing else to do. What breaks between the two ends of a
 * connection is HalfOpenTest's, with one agent.
 */
final class KillTest {
    private static final FaultLoad LOAD = new FaultLoad(60, Duration.ofSeconds(30), 7, 100);

    private static List<FaultScenario> faults() {
        List<FaultScenario> faults = new ArrayList<>(Scenarios.chosen(List.of("F1"), false));
        faults.add(Scenarios.databaseAway(Duration.ofSeconds(8)));
        return faults;
    }

    @ParameterizedTest
    @MethodSource("faults")
    void losesNothingAndStoresNothingTwice(FaultScenario fault) throws InterruptedException {
        FaultRow row = new FaultRunner("test", System.err).run(fault, LOAD.of(fault));

        assertThat(row.lost()).as(row.toString()).isZero();
        assertThat(row.duplicates()).as(row.toString()).isZero();
        assertThat(row.different()).as(row.toString()).isZero();
        assertThat(row.notIssued()).as(row.toString()).isZero();
        assertThat(row.obligations()).as(row.toString()).isEqualTo(FaultRow.HOLDS);
        assertThat(row.eventsStored())
                .as(row.toString())
                .isEqualTo(row.events())
                .isEqualTo(LOAD.agents());
        assertThat(row.recoverySeconds()).as(row.toString()).isPositive();
        assertThat(row.acknowledged())
                .as(row.toString())
                .isEqualTo(row.issued())
                .isEqualTo(row.rowsStored());
        assertThat(row.unacknowledgedAtFault()).as(row.toString()).isPositive();
    }
}
