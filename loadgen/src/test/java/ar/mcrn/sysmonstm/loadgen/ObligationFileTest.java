package ar.mcrn.sysmonstm.loadgen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ar.mcrn.sysmonstm.v1.RejectReason;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ObligationFileTest {

    private static final long START = 1_763_683_200_123L;

    private static final SentEvent EVENT = new SentEvent("spool_drop", START, START, START + 250, 3, 4);

    @TempDir
    Path folder;

    private Path path;

    @BeforeEach
    void name() {
        path = folder.resolve("owed");
    }

    private ObligationLog create() throws IOException {
        return ObligationLog.create(path, Plans.of(1, 3, Duration.ofSeconds(1)).plan(), START);
    }

    private static MachineRun run(int index) {
        return MachineRun.of(Machine.of(7, index), START + 50, 250);
    }

    private static BitSet bits(int... numbers) {
        BitSet bits = new BitSet();
        for (int number : numbers) {
            bits.set(number);
        }
        return bits;
    }

    @Test
    void readsWhatWasWritten() throws IOException {
        try (ObligationLog log = create()) {
            assertThat(log.run(run(0))).isZero();
            assertThat(log.run(run(2))).isEqualTo(1);
            assertThat(log.mayIssue(1, 1)).isEqualTo(ObligationLog.AHEAD);
            log.backfill(1, 2, 3);
            log.acknowledged(1, 1, 2);
            log.acknowledged(1, 5, 5);
            log.rejected(1, 3, 4, RejectReason.REJECT_REASON_TOO_OLD);
            log.dropped(1, 6, 6);
            log.event(1, 1, EVENT);
            log.events(1, 1, 1);
            log.counters(Map.of("reconnects", 3L));
            log.counters(Map.of("reconnects", 4L));
            log.ended(0, 0);
            log.ended(1, 7);
        }
        ObligationFile file = ObligationFile.read(path);
        assertThat(file.seed()).isEqualTo(7);
        assertThat(file.agents()).isEqualTo(3);
        assertThat(file.startMillis()).isEqualTo(START);
        assertThat(file.complete()).isTrue();
        assertThat(file.rejected()).containsExactly(Map.entry("tooOld", 2L));
        assertThat(file.dropped()).isEqualTo(1);
        assertThat(file.counters()).containsExactly(Map.entry("reconnects", 4L));
        RunObligation run = file.runs().get(1);
        assertThat(run.run()).usingRecursiveComparison().isEqualTo(run(2));
        assertThat(run.issued()).isEqualTo(7);
        assertThat(run.acknowledged()).isEqualTo(bits(1, 2, 5));
        assertThat(run.backfilled()).isEqualTo(bits(2, 3));
        assertThat(run.events()).isEqualTo(bits(1));
        assertThat(run.sentEvents()).containsExactly(Map.entry(1L, EVENT));
    }

    @Test
    void fileOfAKilledRunCountsUpToItsTornLine() throws IOException {
        // Never closed: what a kill leaves is what was handed to the kernel.
        ObligationLog log = create();
        log.run(run(0));
        log.mayIssue(0, 1);
        log.acknowledged(0, 1, 9);
        log.counters(Map.of());
        Files.writeString(path, "a 0 10 12", StandardOpenOption.APPEND);
        ObligationFile file = ObligationFile.read(path);
        assertThat(file.complete()).isFalse();
        assertThat(file.runs().getFirst().issued()).isEqualTo(ObligationLog.AHEAD);
        assertThat(file.acknowledged()).isEqualTo(9);
    }

    @Test
    void whatMayBeSentIsInTheFileBeforeItIsSent() throws IOException {
        ObligationLog log = create();
        log.run(run(0));
        log.mayIssue(0, 1);
        log.backfill(0, 1, 1);
        assertThat(Files.readAllLines(path)).endsWith("m 0 64", "b 0 1 1");
    }

    @Test
    void refusesWhatItDoesNotUnderstandNamingTheLine() throws IOException {
        Files.writeString(
                path, ObligationLog.MAGIC + " seed=1 agents=1 intervalMillis=250 startMillis=1 skewMillis=0\nq 1\n");
        assertThatThrownBy(() -> ObligationFile.read(path))
                .hasMessageContaining("line 2")
                .hasMessageContaining("q 1");
        Files.writeString(path, "something else\n");
        assertThatThrownBy(() -> ObligationFile.read(path)).hasMessageContaining("line 1");
    }

    @Test
    void neverWritesOverAnotherRun() throws IOException {
        create().close();
        assertThatThrownBy(this::create).isInstanceOf(FileAlreadyExistsException.class);
    }
}
