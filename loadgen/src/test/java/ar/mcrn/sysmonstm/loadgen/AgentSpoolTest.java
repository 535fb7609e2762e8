package ar.mcrn.sysmonstm.loadgen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AgentSpoolTest {

    private final AgentSpool spool = new AgentSpool(10, SpoolNumbers.LIVE, ObligationLog.none());
    private final List<String> dropped = new ArrayList<>();

    private static MachineRun run(int firstMillis) {
        return MachineRun.of(Machine.of(1, 0), firstMillis, 250);
    }

    private void issue(int samples) {
        for (int i = 0; i < samples; i++) {
            spool.issue();
            spool.dropOldest((run, number) -> dropped.add(run.identity.firstMillis() + "/" + number));
        }
    }

    @Test
    void dropsTheOldestOfTheOldestRunBeyondItsBound() {
        spool.begin(run(1));
        issue(8);
        spool.end();
        spool.begin(run(2));
        issue(5);
        assertThat(dropped).containsExactly("1/1", "1/2", "1/3");
        assertThat(spool.pending()).isEqualTo(10);
        issue(8);
        assertThat(dropped).endsWith("1/8", "2/1", "2/2", "2/3");
    }

    @Test
    void backfillsTheNewestRunsOldestFirst() {
        spool.begin(run(1));
        issue(2);
        spool.end();
        spool.begin(run(2));
        issue(2);
        spool.end();
        assertThat(spool.unsentLive()).isZero();
        assertThat(spool.waiting()).isEqualTo(4);
        assertThat(spool.toBackfill().identity.firstMillis()).isEqualTo(2);
        assertThat(spool.toBackfill().numbers.sendBackfill()).isEqualTo(1);
        assertThat(spool.toBackfill().numbers.sendBackfill()).isEqualTo(2);
        assertThat(spool.toBackfill().identity.firstMillis()).isEqualTo(1);
    }
}
