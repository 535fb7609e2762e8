package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.v1.DuplicateIdentity;
import ar.mcrn.sysmonstm.v1.IdentityClaim;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Machines that two agents claim, each with the two of them, until 2 min after the last attempt of the refused one (an agent
 * tries every 15 s). At most {@value #LIMIT}; the one refused longest ago goes for a new one. Any thread.
 */
final class DuplicateIdentities {
    private static final int LIMIT = 1_024;
    private static final long KEPT_MILLIS = Duration.ofMinutes(2).toMillis();

    private final Map<String, DuplicateIdentity> machines = new LinkedHashMap<>();
    private boolean changed;

    /** A run was refused for another. True where that is news. */
    synchronized boolean add(IdentityClaim holder, IdentityClaim refused, long nowMillis) {
        forget(nowMillis);
        DuplicateIdentity before = machines.remove(holder.getMachine());
        if (before == null && machines.size() >= LIMIT) {
            machines.remove(machines.keySet().iterator().next());
        }
        machines.put(
                holder.getMachine(),
                DuplicateIdentity.newBuilder()
                        .setHolder(holder)
                        .setRefused(refused)
                        .setRefusedMillis(nowMillis)
                        .build());
        boolean news = before == null
                || before.getRefused().getRun() != refused.getRun()
                || before.getHolder().getRun() != holder.getRun();
        changed |= news;
        return news;
    }

    /** Whether there is something new since {@link #take}. */
    synchronized boolean isChanged() {
        return changed;
    }

    /** All that are known, to be told. */
    synchronized List<DuplicateIdentity> take(long nowMillis) {
        changed = false;
        return known(nowMillis);
    }

    /** All that are known. */
    synchronized List<DuplicateIdentity> known(long nowMillis) {
        forget(nowMillis);
        return List.copyOf(machines.values());
    }

    private void forget(long nowMillis) {
        Iterator<DuplicateIdentity> oldest = machines.values().iterator();
        while (oldest.hasNext() && nowMillis - oldest.next().getRefusedMillis() > KEPT_MILLIS) {
            oldest.remove();
        }
    }
}
