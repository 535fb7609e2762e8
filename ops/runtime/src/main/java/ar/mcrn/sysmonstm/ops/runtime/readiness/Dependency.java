package ar.mcrn.sysmonstm.ops.runtime.readiness;

import java.time.Clock;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/**
 * Something a service needs, and how it is now. Its owner reports; any thread. Each change for the worse is logged with its
 * reason, and that it is over; where that comes again and again, once a minute with a count.
 */
public final class Dependency {
    /** How a dependency is. */
    public enum State {
        /** There, and doing all it should. */
        UP,
        /** There, but doing less; the detail says what. */
        DEGRADED,
        /** Away; the detail says why. */
        DOWN
    }

    /**
     * What is known now.
     *
     * @param since when the state became this
     * @param detail for people; empty for none
     */
    public record Status(State state, Instant since, String detail) {}

    private final String name;
    private final boolean critical;
    private final Clock clock;
    private final StateLog log;
    private final Later later;
    private volatile Status status;
    private String why = "";
    private boolean looksAgain;
    private long lookNanos;

    /** Runs something once, after so many nanoseconds. */
    interface Later {
        /** Returns at once. */
        void run(Runnable task, long nanos);
    }

    /** @param stopping whether the process is going to stop, with all that it depends on */
    Dependency(String name, boolean critical, Clock clock, BooleanSupplier stopping, Later later) {
        this.later = later;
        this.name = name;
        this.critical = critical;
        this.clock = clock;
        this.log = new StateLog(name, stopping);
        this.status = new Status(State.DOWN, clock.instant(), "starting");
    }

    /** It is there. */
    public void up() {
        up("");
    }

    /** It is there; the detail is for people. */
    public void up(String detail) {
        set(State.UP, detail, detail);
    }

    /** It does less than it should. */
    public void degraded(String reason) {
        set(State.DEGRADED, reason, reason);
    }

    /** It is away. */
    public void down(String reason) {
        down(reason, reason);
    }

    /**
     * It is away.
     *
     * @param reason for whoever may ask
     * @param logged for those who may read the log
     */
    public void down(String reason, String logged) {
        set(State.DOWN, reason, logged);
    }

    private synchronized void set(State state, String detail, String logged) {
        Status before = status;
        if (before.state() != state) {
            status = new Status(state, clock.instant(), detail);
        } else if (!before.detail().equals(detail)) {
            status = new Status(state, before.since(), detail);
        }
        why = logged;
        log();
    }

    private void log() {
        long now = System.nanoTime();
        long wait = log.now(status.state(), why, now);
        long at = now + wait;
        if (wait > 0 && (!looksAgain || at - lookNanos < 0)) {
            looksAgain = true;
            lookNanos = at;
            later.run(this::logAgain, wait);
        }
    }

    /** Whoever reports it may do so when it changes only, and what was kept is then never said. */
    private synchronized void logAgain() {
        looksAgain = false;
        log();
    }

    /** True where it is there, degraded or not. */
    public boolean isUp() {
        return status.state() != State.DOWN;
    }

    /** What it is called at {@code /ready}. */
    public String name() {
        return name;
    }

    /** Whether the service is of no use without it. */
    public boolean critical() {
        return critical;
    }

    /** What is known now. */
    public Status status() {
        return status;
    }
}
