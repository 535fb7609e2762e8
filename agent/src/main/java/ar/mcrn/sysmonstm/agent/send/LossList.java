package ar.mcrn.sysmonstm.agent.send;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Losses that no event has named yet, merged where they follow each other. Bounded: beyond {@value #RANGES} ranges they are merged
 * with what lies between them, so that the count stays exact and the range is too wide; of more runs than that the oldest goes unnamed. Guarded
 * by its owner.
 */
public final class LossList {
    private static final int RANGES = 64;

    private final List<Loss> losses = new ArrayList<>();

    /** One more. */
    public void add(Loss loss) {
        if (!losses.isEmpty()) {
            int last = losses.size() - 1;
            Optional<Loss> merged = losses.get(last).followedBy(loss, losses.size() >= RANGES);
            if (merged.isPresent()) {
                losses.set(last, merged.get());
                return;
            }
        }
        losses.add(loss);
        if (losses.size() > 2 * RANGES) {
            losses.removeFirst();
        }
    }

    /** Those not taken yet; they stay. */
    public List<Loss> all() {
        return List.copyOf(losses);
    }

    /** Takes all. */
    public List<Loss> take() {
        List<Loss> taken = List.copyOf(losses);
        losses.clear();
        return taken;
    }

    /** Forgets what an event has named: a loss that begins there. */
    public void named(long run, long first) {
        losses.removeIf(loss -> loss.samples().run() == run && loss.samples().first() == first);
    }
}
