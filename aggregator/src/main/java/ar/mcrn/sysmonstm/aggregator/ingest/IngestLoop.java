package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.aggregator.ring.FailureLog;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.contract.Limits;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * What the streams of one event loop share: reused buffers and parsers, and the sweep that tells outcomes which no message
 * carried along. Touched on that event loop only, but for {@link #execute}.
 */
final class IngestLoop {
    private static final Duration SWEEP = Duration.ofMillis(200);

    private final EventExecutor executor;
    private final RawMessage message = new RawMessage();
    private final AgentFrame frame = new AgentFrame();
    private final SampleParser parser = new SampleParser();
    private final SampleSlot backfillSlot = new SampleSlot();
    private final byte[] backfillPayload = new byte[Limits.MESSAGE_BYTES];
    private final FailureLog log = new FailureLog(LoggerFactory.getLogger(IngestLoop.class));
    private final Set<AgentStream> streams = new LinkedHashSet<>();
    private Future<?> sweeps;

    IngestLoop(EventExecutor executor) {
        this.executor = executor;
    }

    /** Runs a task on the event loop, from any thread; one that comes after the loop has ended is dropped. */
    void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException ended) {
            // The loop has ended, and its streams with it.
        }
    }

    /** Whether the calling thread is this loop's. */
    boolean isCurrent() {
        return executor.inEventLoop();
    }

    RawMessage message() {
        return message;
    }

    AgentFrame frame() {
        return frame;
    }

    SampleParser parser() {
        return parser;
    }

    SampleSlot backfillSlot() {
        return backfillSlot;
    }

    byte[] backfillPayload() {
        return backfillPayload;
    }

    /** Sweeps it from now on. */
    void add(AgentStream stream) {
        if (streams.isEmpty()) {
            sweeps = executor.scheduleAtFixedRate(
                    this::sweep, SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
        }
        streams.add(stream);
    }

    void remove(AgentStream stream) {
        if (streams.remove(stream) && streams.isEmpty()) {
            sweeps.cancel(false);
        }
    }

    /** Looks after every stream; a copy, since a stream may end meanwhile. */
    private void sweep() {
        List<AgentStream> now = new ArrayList<>(streams);
        long nanos = System.nanoTime();
        for (AgentStream stream : now) {
            try {
                stream.sweep(nanos);
            } catch (RuntimeException e) {
                // One stream's failure must not end the sweeps of the others.
                log.warn("BUG: stream could not be swept", e);
            }
        }
    }

    /** Has every stream leave. */
    void stop() {
        new ArrayList<>(streams).forEach(AgentStream::stop);
    }
}
