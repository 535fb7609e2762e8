package ar.mcrn.sysmonstm.api.hot;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.api.api.ProcessView;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.ProcessRow;
import ar.mcrn.sysmonstm.v1.Sample;
import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

class LiveProcessesTest {
    private static ProcessRow.Builder row(int pid) {
        return ProcessRow.newBuilder().setPid(pid).setCommand(ByteString.copyFromUtf8("p" + pid));
    }

    @Test
    void shownBusiestFirstThenByMemory() {
        Sample sample = Sample.newBuilder()
                .setEndMillis(5)
                .addProcesses(row(1).setMemory(10))
                .addProcesses(row(2).setMemory(20))
                .addProcesses(row(3).setCpu(0))
                .addProcesses(row(4).setCpu(12_500))
                .build();

        LiveProcesses told = LiveProcesses.of(sample, LiveProcesses.NONE);

        assertThat(told.time()).isEqualTo(5);
        assertThat(told.rows()).extracting(ProcessView::pid).containsExactly(4L, 3L, 2L, 1L);
        assertThat(told.rows().getFirst().cpuUtilization()).isEqualTo(1.25);
    }

    @Test
    void whatAnAggregatorOfBeforeDidNotCheckIsBounded() {
        Sample.Builder sample = Sample.newBuilder();
        for (int i = 0; i < 5_000; i++) {
            sample.addProcesses(row(7).setMemory(Long.MAX_VALUE).setThreads(-4).setCpu(-1));
            sample.addProcesses(row(100 + i).setCommand(ByteString.copyFromUtf8("a\u0000\u0085")));
        }
        sample.addProcesses(0, row(9).setCommand(ByteString.copyFrom(new byte[10_000])));

        LiveProcesses told = LiveProcesses.of(sample.build(), LiveProcesses.NONE);

        assertThat(told.rows())
                .hasSize(Limits.PROCESSES)
                .extracting(ProcessView::pid)
                .doesNotHaveDuplicates();
        ProcessView seventh =
                told.rows().stream().filter(row -> row.pid() == 7).findFirst().orElseThrow();
        assertThat(seventh.memoryBytes()).isPositive();
        assertThat(seventh.threads()).isEqualTo(1);
        assertThat(seventh.cpuUtilization()).isZero();
        assertThat(told.rows())
                .filteredOn(row -> row.pid() == 100)
                .allMatch(row -> row.command().equals("a\uFFFD\uFFFD"));
        assertThat(told.rows()).noneMatch(row -> row.pid() == 9);
    }
}
