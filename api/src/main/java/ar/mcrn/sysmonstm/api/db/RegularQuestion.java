package ar.mcrn.sysmonstm.api.db;

import io.dropwizard.lifecycle.Managed;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the database something again and again, on a virtual thread of its own; stopping waits for the question under way, at
 * most 7 s. A question that fails is asked again like any other; the first failure is logged, and then one a minute with how many
 * there were.
 */
final class RegularQuestion implements Managed {
    private static final Logger LOG = LoggerFactory.getLogger(RegularQuestion.class);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(7);

    private static final long SAY_NANOS = Duration.ofMinutes(1).toNanos();

    private final Runnable question;
    private final Duration pause;
    private final Thread thread;
    private final LongSupplier nanos;
    /** Failures since the last that was logged; of its thread alone, as the next. */
    private long unsaid;

    private long saidNanos;
    private volatile boolean stopping;

    /**
     * Begins with {@link #start}.
     *
     * @param name of its thread
     * @param pause from an answer to the next question
     * @param question takes in its own answer; a {@link DatabaseDown} that it throws is passed over, anything else is our mistake
     */
    RegularQuestion(String name, Duration pause, Runnable question) {
        this(name, pause, question, System::nanoTime);
    }

    /** @param nanos clock by which failures are logged */
    RegularQuestion(String name, Duration pause, Runnable question, LongSupplier nanos) {
        this.nanos = nanos;
        this.saidNanos = nanos.getAsLong() - SAY_NANOS;
        this.question = question;
        this.pause = pause;
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public void stop() throws InterruptedException {
        stopping = true;
        thread.interrupt();
        thread.join(STOP_LIMIT);
    }

    private void run() {
        while (!stopping) {
            try {
                question.run();
            } catch (DatabaseDown ignored) {
                // said by whoever watches the database; what was known holds
            } catch (RuntimeException e) {
                failed(e);
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException ignored) {
                stopping = true; // only stop interrupts
            }
        }
    }

    private void failed(RuntimeException e) {
        unsaid++;
        long now = nanos.getAsLong();
        if (now - saidNanos >= SAY_NANOS) {
            LOG.error(
                    "BUG: question failed, is asked again: thread={}, failures={}, error={}",
                    thread.getName(),
                    unsaid,
                    e.toString(),
                    e);
            saidNanos = now;
            unsaid = 0;
        }
    }
}
