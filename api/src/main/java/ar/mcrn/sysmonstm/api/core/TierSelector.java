package ar.mcrn.sysmonstm.api.core;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/**
 * Which tier answers a query: the coarsest whose resolution is no coarser than the step and which reaches back far enough;
 * where none reaches, the one that reaches furthest.
 */
public final class TierSelector {
    private final Map<Tier, Duration> reach;

    /** @param reach how far back each tier that is there goes; at least {@link Tier#RAW} */
    public TierSelector(Map<Tier, Duration> reach) {
        if (!reach.containsKey(Tier.RAW)) {
            throw new IllegalArgumentException("BUG: no raw tier");
        }
        this.reach = new EnumMap<>(reach);
    }

    /** Raw rows alone. */
    public static TierSelector rawOnly() {
        return new TierSelector(Map.of(Tier.RAW, Duration.ofDays(36_500)));
    }

    /** The tier that answers. */
    public Tier select(long stepMillis, Instant from, Instant now) {
        Duration age = Duration.between(from, now);
        Tier best = null;
        Tier furthest = Tier.RAW;
        for (Map.Entry<Tier, Duration> each : reach.entrySet()) {
            boolean reaches = each.getValue().compareTo(age) >= 0;
            if (reaches && (best == null || each.getKey().resolutionMillis() <= stepMillis)) {
                best = each.getKey();
            }
            if (each.getValue().compareTo(reach.get(furthest)) > 0) {
                furthest = each.getKey();
            }
        }
        return best == null ? furthest : best;
    }
}
