package ar.mcrn.sysmonstm.ops.runtime.readiness;

import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency.State;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs how one dependency is: a line when it gets worse or the reason is another one, and a line when that is over. What went
 * away and comes again within a minute is said when that is over, with how often it was left out. Reasons that differ in
 * durations, moments and the levels of a pool alone are the same. Nothing while the process stops. One thread at a time.
 */
final class StateLog {
    private static final Logger LOG = LoggerFactory.getLogger(Dependency.class);
    private static final long INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();
    private static final Pattern VARYING = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z"
            + "|\\d+(?:\\.\\d+)?(?= ?(?:ms|s|min|h|%|bytes|MiB|GiB)(?![A-Za-z]))"
            + "|(?<=(?:total|active|idle|waiting)=)\\d+");

    private final String name;
    private final BooleanSupplier stopping;
    /** What was said lately. */
    private final Map<String, Said> said = new HashMap<>();
    /** What was said last and is not over; empty for nothing. */
    private String told = "";

    private boolean wrong;
    /** Since when. */
    private long sinceNanos;
    /** What is so, and was said too lately; empty for nothing. */
    private String kept = "";

    private static final class Said {
        private final long nanos;
        private int suppressed;

        Said(long nanos) {
            this.nanos = nanos;
        }
    }

    StateLog(String name, BooleanSupplier stopping) {
        this.name = name;
        this.stopping = stopping;
    }

    /**
     * It is so now; also where nothing has changed.
     *
     * @param nanos now, as {@link System#nanoTime}
     * @return nanoseconds after which to tell it again what is so then, since something could not be said yet; 0 = none
     */
    long now(State state, String reason, long nanos) {
        if (stopping.getAsBoolean()) {
            return 0;
        }
        if (state == State.UP) {
            over(nanos);
            return 0;
        }
        if (!wrong) {
            wrong = true;
            sinceNanos = nanos;
        }
        String what = state + " " + VARYING.matcher(reason).replaceAll("0");
        if (told.equals(what)) {
            kept = "";
            return 0;
        }
        Said before = said.get(what);
        if (before != null && nanos - before.nanos < INTERVAL_NANOS) {
            before.suppressed += kept.equals(what) ? 0 : 1;
            kept = what;
            return before.nanos + INTERVAL_NANOS - nanos;
        }
        worse(what, state, reason, nanos);
        return 0;
    }

    private void worse(String what, State state, String reason, long nanos) {
        // What was left out long ago has nothing to do with this.
        said.values().removeIf(each -> nanos - each.nanos >= 2 * INTERVAL_NANOS);
        Said before = said.put(what, new Said(nanos));
        LOG.warn(
                "dependency is {}: dependency={}, reason={}{}",
                state == State.DOWN ? "down" : "degraded",
                name,
                reason,
                before == null || before.suppressed == 0 ? "" : ", suppressed=" + before.suppressed);
        told = what;
        kept = "";
    }

    private void over(long nanos) {
        wrong = false;
        kept = "";
        if (!told.isEmpty()) {
            told = "";
            LOG.info(
                    "dependency is up again: dependency={}, seconds={}",
                    name,
                    Duration.ofNanos(nanos - sinceNanos).toSeconds());
        }
    }
}
