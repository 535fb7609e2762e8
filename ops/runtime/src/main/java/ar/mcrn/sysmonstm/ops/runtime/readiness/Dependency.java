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
    private volatile Status status;

    /** @param stopping whether the process is going to stop, with all that it depends on */
    Dependency(String name, boolean critical, Clock clock, BooleanSupplier stopping) {
        this.name = name;
        this.critical = critical;
        this.clock = clock;
        this.log = new StateLog(name, stopping);
        this.status = new Status(State.DOWN, clock.instant(), "starting");
    }

    /** It is there. */
    public void up() {
        set(State.UP, "");
    }

    /** It is there; the detail is for people. */
    public void up(String detail) {
        set(State.UP, detail);
    }

    /** It does less than it should. */
    public void degraded(String reason) {
        set(State.DEGRADED, reason);
    }

    /** It is away. */
    public void down(String reason) {
        set(State.DOWN, reason);
    }

    private synchronized void set(State state, String detail) {
        Status before = status;
        if (before.state() != state) {
            status = new Status(state, clock.instant(), detail);
        } else if (!before.detail().equals(detail)) {
            status = new Status(state, before.since(), detail);
        }
        log.now(status, clock.instant());
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
