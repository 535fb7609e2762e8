package ar.mcrn.sysmonstm.ops.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.ops.systemtests.faults.Fault;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultLoad;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultRow;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultRun;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The short form of {@code ./sysmon faults}: kill -9 under load loses nothing and stores nothing twice. */
final class KillTest {
    private static final FaultLoad LOAD = new FaultLoad(60, Duration.ofSeconds(30), 7, 100);

    @ParameterizedTest
    @EnumSource(Fault.class)
    void losesNothingAndStoresNothingTwice(Fault fault) throws InterruptedException {
        FaultRow row = new FaultRun(System.err).run(fault, LOAD);

        assertThat(row.verdict()).as(row.toString()).isEqualTo("pass");
        assertThat(row.acknowledged()).isEqualTo(row.issued()).isEqualTo(row.rowsStored());
        assertThat(row.unacknowledgedAtFault()).isGreaterThanOrEqualTo(LOAD.unacknowledged());
        if (fault == Fault.AGGREGATOR_KILLED) {
            assertThat(row.reconnects()).isGreaterThanOrEqualTo(LOAD.agents());
        }
    }
}
