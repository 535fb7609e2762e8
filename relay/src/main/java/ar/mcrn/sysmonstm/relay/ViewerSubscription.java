package ar.mcrn.sysmonstm.relay;

import ar.mcrn.sysmonstm.ops.runtime.live.SubscribeMessage;
import java.util.Set;

/**
 * What a viewer watches. Equal subscriptions share their frames.
 *
 * @param asked what the viewer asked for
 */
record ViewerSubscription(SubscribeMessage asked) {
    /** What is shown whatever the fields. */
    private static final Set<String> ALWAYS = Set.of("time", "state", "lastSeen");

    /** @throws IllegalArgumentException saying what is wrong, for the viewer */
    static ViewerSubscription parse(String message) {
        return new ViewerSubscription(SubscribeMessage.parse(message));
    }

    /** Whether machines are seen rather than the fleet. */
    boolean machineView() {
        return asked.view() == SubscribeMessage.View.MACHINE;
    }

    long intervalMillis() {
        return asked.intervalMillis();
    }

    boolean watches(String machine) {
        return asked.watches(machine);
    }

    /** Whether a key is shown. */
    boolean shows(String key) {
        return ALWAYS.contains(key) || asked.shows(key);
    }
}
