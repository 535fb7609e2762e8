package ar.mcrn.sysmonstm.ops.runtime.readiness;

import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency.State;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs how one dependency is: a line when it gets worse or the reason is another one, and a line when that is over. The same
 * reason comes once a minute; how often it was left out is in the next. Reasons that differ in figures only are the same.
 * Nothing while the process stops. One thread at a time.
 */
final class StateLog {
    private static final Logger LOG = LoggerFactory.getLogger(Dependency.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final String name;
    private final BooleanSupplier stopping;
    /** What was said in the last minute, and when. */
    private final Map<String, Instant> lately = new HashMap<>();
    /** What was said last and is not over; empty for nothing. */
    private String told = "";

    private Instant toldAt = Instant.EPOCH;
    /** What is so, and was said too lately; empty for nothing. */
    private String kept = "";

    private int keptTimes;

    StateLog(String name, BooleanSupplier stopping) {
        this.name = name;
        this.stopping = stopping;
    }

    /** It is so now; also where nothing has changed. */
    void now(Status status, Instant instant) {
        if (stopping.getAsBoolean()) {
            return;
        }
        if (status.state() == State.UP) {
            over(instant);
            return;
        }
        String what = status.state() + " " + status.detail().replaceAll("[0-9]+", "0");
        if (!told.equals(what)) {
            worse(what, status, instant);
        }
    }

    private void worse(String what, Status status, Instant instant) {
        lately.values().removeIf(said -> !instant.isBefore(said.plus(INTERVAL)));
        if (lately.containsKey(what)) {
            keptTimes += kept.equals(what) ? 0 : 1;
            kept = what;
            return;
        }
        LOG.warn(
                "{} is {}: reason={}{}",
                name,
                status.state() == State.DOWN ? "down" : "degraded",
                status.detail(),
                keptTimes == 0 ? "" : ", timesBefore=" + keptTimes);
        if (told.isEmpty()) {
            toldAt = instant;
        }
        told = what;
        lately.put(what, instant);
        kept = "";
        keptTimes = 0;
    }

    private void over(Instant instant) {
        kept = "";
        if (!told.isEmpty()) {
            LOG.info(
                    "{} is up again: seconds={}",
                    name,
                    Duration.between(toldAt, instant).toSeconds());
            told = "";
        }
    }
}
