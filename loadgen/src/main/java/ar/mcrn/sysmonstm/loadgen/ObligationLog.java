package ar.mcrn.sysmonstm.loadgen;

import ar.mcrn.sysmonstm.v1.RejectReason;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * What the database owes, as a file that is only appended to and that a kill of this process leaves usable: a line torn at
 * the end is ignored. Every value that was sent follows from seed, machine, run and number, so the file holds numbers only.
 *
 * <pre>
 *   sysmonstm-obligations 2 seed=7 agents=40 intervalMillis=1000 startMillis=1763683200123 skewMillis=0
 *   r &lt;reference&gt; &lt;machine index&gt; &lt;first stamp&gt;   a run; references count from 0
 *   m &lt;reference&gt; &lt;last&gt;                          numbers up to this may be sent from now on
 *   b &lt;reference&gt; &lt;first&gt; &lt;last&gt;                  went as backfill, from now on
 *   a &lt;reference&gt; &lt;first&gt; &lt;last&gt;                  acknowledged
 *   x &lt;reference&gt; &lt;first&gt; &lt;last&gt; &lt;reason&gt;         finally refused
 *   d &lt;reference&gt; &lt;first&gt; &lt;last&gt;                  dropped by a full spool
 *   v &lt;reference&gt; &lt;number&gt; &lt;kind&gt; &lt;time&gt; &lt;from&gt; &lt;to&gt; &lt;first&gt; &lt;last&gt;   an event that may be sent from now on
 *   e &lt;reference&gt; &lt;first&gt; &lt;last&gt;                  events acknowledged
 *   c &lt;name&gt;=&lt;count&gt; ...                          counters so far; the last line counts
 *   z &lt;reference&gt; &lt;issued&gt;                        at the end: exactly these numbers were taken
 * </pre>
 *
 * Lines of what may come (r, m, b, v) are handed to the kernel before anything of it is sent, so that a row never lacks its
 * line; those of outcomes follow within a second, so that a kill can only make the file demand less. Written by all event
 * loops. A file that cannot be written ends the run as failed.
 */
final class ObligationLog implements AutoCloseable {

    /** Numbers announced at once. */
    static final int AHEAD = 64;

    static final String MAGIC = "sysmonstm-obligations 2";

    private final BufferedWriter file;
    private int references;

    private ObligationLog(BufferedWriter file) {
        this.file = file;
    }

    /** A log that keeps nothing, for runs that are checked while they are in memory. */
    static ObligationLog none() {
        return new ObligationLog(null);
    }

    /** @throws IOException when the file exists already or cannot be made */
    static ObligationLog create(Path path, LoadPlan plan, long startMillis) throws IOException {
        ObligationLog log = new ObligationLog(
                Files.newBufferedWriter(path, StandardCharsets.US_ASCII, StandardOpenOption.CREATE_NEW));
        log.line(
                true,
                MAGIC,
                "seed=" + plan.seed(),
                "agents=" + plan.machines(),
                "intervalMillis=" + plan.intervalMillis(),
                "startMillis=" + startMillis,
                "skewMillis=" + plan.behaviour().clockSkew().toMillis());
        return log;
    }

    /** @param now whether it has to be with the kernel when this returns */
    private synchronized void line(boolean now, Object... words) {
        if (file == null) {
            return;
        }
        try {
            for (int i = 0; i < words.length; i++) {
                file.write(i == 0 ? "" : " ");
                file.write(words[i].toString());
            }
            file.write('\n');
            if (now) {
                file.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("obligations cannot be written", e);
        }
    }

    /** A run begins; returns its reference. */
    synchronized int run(MachineRun run) {
        line(true, "r", references, run.machine().index(), run.firstMillis());
        return references++;
    }

    /** {@code number} is about to exist; returns up to which number none has to be announced. */
    long mayIssue(int reference, long number) {
        long last = number + AHEAD - 1;
        line(true, "m", reference, last);
        return last;
    }

    void backfill(int reference, long first, long last) {
        line(true, "b", reference, first, last);
    }

    void acknowledged(int reference, long first, long last) {
        line(false, "a", reference, first, last);
    }

    void dropped(int reference, long first, long last) {
        line(false, "d", reference, first, last);
    }

    void event(int reference, long number, SentEvent event) {
        line(
                true,
                "v",
                reference,
                number,
                event.kind(),
                event.timeMillis(),
                event.fromMillis(),
                event.toMillis(),
                event.firstSequence(),
                event.lastSequence());
    }

    void events(int reference, long first, long last) {
        line(false, "e", reference, first, last);
    }

    void rejected(int reference, long first, long last, RejectReason reason) {
        line(false, "x", reference, first, last, LoadCounters.reasonName(reason));
    }

    /** The counters of now, and everything so far to the kernel. */
    void counters(Map<String, Long> counters) {
        StringBuilder line = new StringBuilder("c");
        counters.forEach(
                (name, count) -> line.append(' ').append(name).append('=').append(count));
        line(true, line);
    }

    /** The run has taken exactly these numbers. */
    void ended(int reference, long issued) {
        line(false, "z", reference, issued);
    }

    @Override
    public synchronized void close() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException("obligations cannot be written", e);
            }
        }
    }
}
