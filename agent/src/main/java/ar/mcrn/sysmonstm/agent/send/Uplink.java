package ar.mcrn.sysmonstm.agent.send;

import ar.mcrn.sysmonstm.agent.clock.RunClock;
import ar.mcrn.sysmonstm.v1.IngestGrpc;
import ar.mcrn.sysmonstm.v1.Welcome;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a stream to the aggregator: connects, and after its end again, each time by a new channel, so that our back-off
 * is the only one. Owns no thread: works on those of its callers, of the channel and of the timer given. All methods
 * may be called from any thread.
 */
public final class Uplink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Uplink.class);
    /** A connection that stood for this long was a good one. */
    private static final Duration STABLE = Duration.ofSeconds(5);

    private static final Duration WELCOME_LIMIT = Duration.ofSeconds(20);
    private static final Duration WARN_EVERY = Duration.ofSeconds(60);

    private final Object lock = new Object();
    private final UplinkSettings settings;
    private final Spool spool;
    private final RunClock clock;
    private final Supplier<ManagedChannel> channels;
    private final ScheduledExecutorService timer;
    private final UplinkListener listener;
    private final ReconnectBackoff backoff;
    private final CountDownLatch left = new CountDownLatch(1);
    private ManagedChannel channel;
    private IngestStream stream;
    private ScheduledFuture<?> watchdog;
    private boolean started;
    private boolean closing;
    private long welcomedNanos;
    private long attempts;
    private long warnedNanos;
    private boolean warned;

    /**
     * An uplink that is not started.
     *
     * @param settings what Hello says
     * @param spool where samples come from
     * @param clock gives send times and takes in the aggregator's
     * @param channels makes a channel for one attempt; it is shut down after it
     * @param timer for back-off; may be shared by many uplinks
     * @param random for jitter
     * @param listener hears what becomes of samples
     */
    public Uplink(
            UplinkSettings settings,
            Spool spool,
            RunClock clock,
            Supplier<ManagedChannel> channels,
            ScheduledExecutorService timer,
            RandomGenerator random,
            UplinkListener listener) {
        this.settings = settings;
        this.spool = spool;
        this.clock = clock;
        this.channels = channels;
        this.timer = timer;
        this.listener = listener;
        this.backoff = new ReconnectBackoff(random, System::nanoTime);
    }

    /** Connects, and keeps connecting until closed. */
    public void start() {
        synchronized (lock) {
            if (!started && !closing) {
                started = true;
                connect();
            }
        }
    }

    /** Says that something was added to the spool. */
    public void wake() {
        synchronized (lock) {
            if (stream != null) {
                stream.pump();
            }
        }
    }

    private void connect() {
        synchronized (lock) {
            if (closing) {
                return;
            }
            attempts++;
            try {
                channel = channels.get();
                IngestStream next = new IngestStream(lock, settings, spool, clock, listener, new StreamEnds());
                stream = next;
                watchdog = timer.schedule(() -> cancelUnwelcome(next), WELCOME_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
                // What this returns, beforeStart was given already.
                var _ = IngestGrpc.newStub(channel).stream(next);
            } catch (RuntimeException e) {
                ended(Optional.of(e));
            }
        }
    }

    private void cancelUnwelcome(IngestStream candidate) {
        synchronized (lock) {
            if (stream == candidate && !candidate.isWelcomed()) {
                candidate.cancel("no Welcome within " + WELCOME_LIMIT.toSeconds() + " s");
            }
        }
    }

    private final class StreamEnds implements IngestStream.Ends {
        @Override
        public void welcomed(Welcome welcome) {
            welcomedNanos = System.nanoTime();
            attempts = 0;
            warned = false;
            LOG.info(
                    "connected: machine={}, aggregator={}, version={}",
                    settings.machine(),
                    channel.authority(),
                    welcome.getVersion());
            listener.connected();
        }

        @Override
        public void ended(Optional<Throwable> error) {
            Uplink.this.ended(error);
        }
    }

    /** With the lock held. */
    private void ended(Optional<Throwable> error) {
        boolean stood = stream != null && stream.isWelcomed();
        stream = null;
        if (watchdog != null) {
            watchdog.cancel(false);
        }
        ManagedChannel old = channel;
        channel = null;
        if (old != null) {
            old.shutdownNow();
        }
        if (closing) {
            left.countDown();
            return;
        }
        if (stood && System.nanoTime() - welcomedNanos >= STABLE.toNanos()) {
            backoff.reset();
        }
        Optional<StreamFailure> failure = error.map(StreamFailure::of);
        Duration wait = failure.map(this::wait).orElseGet(backoff::next);
        String reason = failure.map(StreamFailure::toString).orElse("ended by the aggregator");
        warn(stood, reason);
        listener.disconnected(reason);
        try {
            var _ = timer.schedule(this::connect, wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException ignored) {
            // The timer is stopped: so are we.
            closing = true;
        }
    }

    private Duration wait(StreamFailure failure) {
        if (failure.retryAfter().isPresent()) {
            return failure.retryAfter().get().plus(backoff.next());
        }
        return failure.isStanding() ? backoff.longest() : backoff.next();
    }

    private void warn(boolean stood, String reason) {
        long now = System.nanoTime();
        if (warned && now - warnedNanos < WARN_EVERY.toNanos()) {
            return;
        }
        warned = true;
        warnedNanos = now;
        Spool.Levels levels = spool.levels();
        LOG.warn(
                "{}: machine={}, reason={}, attempts={}, kept={}, dropped={}",
                stood ? "connection lost, samples are kept" : "aggregator cannot be reached, samples are kept",
                settings.machine(),
                reason,
                attempts,
                levels.live() + levels.waiting() + levels.underWay(),
                levels.dropped());
    }

    /**
     * Says goodbye, where a stream stands, and waits until the aggregator has given everything its outcome and ended
     * it; at most {@code limit}. Nothing is sent afterwards.
     *
     * @return true where everything was told in time
     */
    public boolean close(String reason, Duration limit) {
        IngestStream last;
        synchronized (lock) {
            closing = true;
            last = stream;
            if (last != null && last.isWelcomed()) {
                last.leave(reason);
            } else if (last != null) {
                last.cancel(reason);
            }
        }
        boolean told = false;
        try {
            told = last != null && left.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (lock) {
            if (channel != null) {
                channel.shutdownNow();
            }
        }
        return told;
    }

    /** Closes as {@link #close(String, Duration)} does, with a limit of 5 s. */
    @Override
    public void close() {
        close("closed", Duration.ofSeconds(5));
    }
}
