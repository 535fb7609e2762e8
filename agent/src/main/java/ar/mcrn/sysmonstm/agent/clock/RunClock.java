package ar.mcrn.sysmonstm.agent.clock;

import ar.mcrn.sysmonstm.v1.Clock;
import ar.mcrn.sysmonstm.v1.EventKind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Clock of one run: wall time at its start carried by the monotonic clock, corrected by the offset to the aggregator. May be
 * called from any thread.
 *
 * <p>The offset is that of RFC 5905, section 8: with t1 sent and t4 received by the agent, t2 received and t3 sent by the
 * aggregator, offset = ((t2 - t1) + (t3 - t4)) / 2 and delay = (t4 - t1) - (t3 - t2). The true offset lies within delay / 2
 * of it, so that of the newest {@link #WINDOW} measurements the one with the least delay counts, and a correction smaller than
 * its uncertainty is not made. Offsets are measured against the uncorrected clock: a correction made between t1 and t4 does
 * not spoil them.
 *
 * <p>Forward corrections are made at once, as a gap; backward ones by running 5 % slow (50 ms per second), so that the clock
 * never stands still or goes back. One of more than {@link #LARGEST_BACKWARD} is not made: {@link #endsRun} becomes true.
 */
public final class RunClock {
    /** A backward correction beyond this ends the run. */
    public static final Duration LARGEST_BACKWARD = Duration.ofMinutes(5);

    private static final int WINDOW = 8;
    private static final long WINDOW_NANOS = Duration.ofMinutes(5).toNanos();
    private static final long STEP_MICROS = 1_000_000;
    private static final long SLEW_DIVISOR = 20;

    /** A correction forward that people should know of: the clock went from one stamp to the other at once. */
    public record Step(EventKind kind, long fromMillis, long toMillis) {}

    private record Measurement(long offsetMicros, long delayMicros, long nanos) {
        long uncertaintyMicros() {
            return delayMicros / 2 + 1_000;
        }
    }

    private final LongSupplier nanoTime;
    private final long startNanos;
    private final long startMicros;
    private final Deque<Measurement> recent = new ArrayDeque<>();
    private long correctionMicros;
    private long targetMicros;
    private long slewedNanos;
    private long lastStampMillis;
    private boolean endsRun;
    private boolean measured;
    /** Steps made since the newest tick, since the aggregator said so. */
    private long steppedMicros;

    /**
     * A clock that begins now.
     *
     * @param nanoTime the monotonic clock, such as {@code System::nanoTime}
     * @param wallMicros wall time now, Unix microseconds
     * @param correctionMicros what is known already of its error; 0 where nothing is
     * @param lastStampMillis stamps begin after this; 0 where anything goes
     */
    public RunClock(LongSupplier nanoTime, long wallMicros, long correctionMicros, long lastStampMillis) {
        this.nanoTime = nanoTime;
        this.startNanos = nanoTime.getAsLong();
        this.startMicros = wallMicros;
        this.correctionMicros = correctionMicros;
        this.targetMicros = correctionMicros;
        this.slewedNanos = startNanos;
        this.lastStampMillis = lastStampMillis;
    }

    /** The uncorrected clock, Unix microseconds: what goes out as {@code sent_micros}. */
    public long machineMicros() {
        return startMicros + (nanoTime.getAsLong() - startNanos) / 1_000;
    }

    /** The corrected clock, Unix microseconds. */
    public synchronized long nowMicros() {
        return micros(nanoTime.getAsLong());
    }

    private long micros(long nanos) {
        if (targetMicros < correctionMicros) {
            long slew = (nanos - slewedNanos) / 1_000 / SLEW_DIVISOR;
            if (slew > 0) {
                correctionMicros = Math.max(targetMicros, correctionMicros - slew);
                slewedNanos = nanos;
            }
        } else {
            slewedNanos = Math.max(slewedNanos, nanos);
        }
        return startMicros + (nanos - startNanos) / 1_000 + correctionMicros;
    }

    /** Stamp for now, as {@link #stampAt}. */
    public long stamp() {
        return stampAt(nanoTime.getAsLong());
    }

    /**
     * Stamp for a moment that has just been, Unix milliseconds: greater than every one given before.
     *
     * @param nanos of the monotonic clock
     */
    public synchronized long stampAt(long nanos) {
        lastStampMillis = Math.max(lastStampMillis + 1, micros(nanos) / 1_000);
        return lastStampMillis;
    }

    /** The newest stamp given, Unix milliseconds. */
    public synchronized long lastStampMillis() {
        return lastStampMillis;
    }

    /** True once the aggregator's clock was heard of: the corrected clock is right. */
    public synchronized boolean isMeasured() {
        return measured;
    }

    /** What is added to the uncorrected clock in the end, microseconds: for the clock of the next run. */
    public synchronized long correctionMicros() {
        return recent.isEmpty() ? targetMicros : best().offsetMicros();
    }

    /** True when the clock is so far ahead that this run has to end and another one begin. */
    public synchronized boolean endsRun() {
        return endsRun;
    }

    /** Takes in what the aggregator said of both clocks, just received. Empty unless the clock was stepped by a second or more. */
    public synchronized Optional<Step> observe(Clock echo) {
        long t1 = echo.getAgentSentMicros();
        long t2 = echo.getAggregatorReceivedMicros();
        long t3 = echo.getAggregatorSentMicros();
        long t4 = machineMicros();
        long delay = (t4 - t1) - (t3 - t2);
        if (t1 <= 0 || t2 <= 0 || t3 < t2 || delay < 0) {
            return Optional.empty();
        }
        long nanos = nanoTime.getAsLong();
        Measurement newest = new Measurement(((t2 - t1) + (t3 - t4)) / 2, delay, nanos);
        recent.removeIf(m -> nanos - m.nanos() > WINDOW_NANOS);
        if (!recent.isEmpty()) {
            Measurement best = best();
            long apart = Math.abs(newest.offsetMicros() - best.offsetMicros());
            if (apart > (newest.delayMicros() + best.delayMicros()) / 2 + STEP_MICROS) {
                // They cannot both be true: one of the clocks was stepped meanwhile.
                recent.clear();
            }
        }
        recent.addLast(newest);
        measured = true;
        if (recent.size() > WINDOW) {
            recent.removeFirst();
        }
        Measurement best = best();
        if (Math.abs(best.offsetMicros() - targetMicros) <= best.uncertaintyMicros()) {
            return Optional.empty();
        }
        long before = correctionMicros;
        Optional<Step> step = correctTo(best.offsetMicros(), EventKind.EVENT_KIND_CLOCK_STEP);
        step.ifPresent(_ -> steppedMicros += correctionMicros - before);
        return step;
    }

    /**
     * Says how long the machine slept since the last call, in which the monotonic clock stands still: the clock goes forward at
     * once. What the aggregator's clock has corrected since then is not corrected again.
     *
     * @param asleep zero where it did not sleep
     */
    public synchronized Optional<Step> ticked(Duration asleep) {
        long stepped = steppedMicros;
        steppedMicros = 0;
        long left = asleep.toNanos() / 1_000 - stepped;
        if (asleep.isZero() || (stepped > 0 && left < STEP_MICROS)) {
            return Optional.empty();
        }
        recent.clear();
        return correctTo(targetMicros + left, EventKind.EVENT_KIND_SUSPEND);
    }

    /**
     * How far the machine's wall clock is from the corrected one, as it stands now and not as it stood when this run began: for
     * the first clock of another process.
     *
     * @param wallMicros wall time now, Unix microseconds
     */
    public synchronized long wallErrorMicros(long wallMicros) {
        return machineMicros() + correctionMicros() - wallMicros;
    }

    private Optional<Step> correctTo(long target, EventKind kind) {
        long before = nowMicros();
        if (target < correctionMicros - LARGEST_BACKWARD.toNanos() / 1_000) {
            endsRun = true;
            return Optional.empty();
        }
        targetMicros = target;
        long forward = target - correctionMicros;
        if (forward <= 0) {
            return Optional.empty();
        }
        correctionMicros = target;
        return forward < STEP_MICROS
                ? Optional.empty()
                : Optional.of(new Step(kind, before / 1_000, (before + forward) / 1_000));
    }

    private Measurement best() {
        Measurement best = recent.getFirst();
        for (Measurement measurement : recent) {
            if (measurement.delayMicros() < best.delayMicros()) {
                best = measurement;
            }
        }
        return best;
    }
}
