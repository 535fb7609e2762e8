package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.v1.ProcessRow;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds every 10 s the processes with most CPU time and memory. Rounds come from one thread; any thread may ask. */
final class ProcessWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessWatch.class);

    /**
     * What the last round found.
     *
     * @param round counts the rounds, from 1; 0 = none is over yet
     * @param rows at most {@link TopProcesses#ROWS}
     */
    record Snapshot(long round, List<ProcessRow> rows) {}

    private final ProcessLister lister;
    private final TopProcesses top;
    private final LongSupplier nanoTime;
    private boolean failing;
    private boolean saidTooMany;
    private volatile Snapshot snapshot = new Snapshot(0, List.of());

    ProcessWatch(ProcessLister lister, long ticksPerSecond, LongSupplier nanoTime) {
        this.lister = lister;
        this.top = new TopProcesses(ticksPerSecond);
        this.nanoTime = nanoTime;
    }

    /** What is known now; never waits. */
    Snapshot snapshot() {
        return snapshot;
    }

    /** Looks at every process once. */
    void round() {
        try {
            top.begin(nanoTime.getAsLong());
            boolean whole = lister.list(top);
            if (!whole && !saidTooMany) {
                saidTooMany = true;
                LOG.warn("more processes than are looked at: limit={}", TopProcesses.LOOKED_AT);
            }
            snapshot = new Snapshot(snapshot.round() + 1, top.end(whole));
            failing = false;
        } catch (IOException | RuntimeException e) {
            top.fail();
            if (!failing) {
                failing = true;
                LOG.warn("processes cannot be read, they are absent: reason={}", e.toString());
            }
        }
    }

    /** Lets go of what the rounds hold open; the last round must be over. */
    @Override
    public void close() {
        lister.close();
    }
}
