package ar.mcrn.sysmonstm.api.live;

import ar.mcrn.sysmonstm.api.core.KeySelector;
import ar.mcrn.sysmonstm.api.core.Visibility;
import ar.mcrn.sysmonstm.ops.runtime.live.SubscribeMessage;
import ar.mcrn.sysmonstm.ops.runtime.live.SubscribeMessage.View;
import java.util.List;
import java.util.SortedSet;

/**
 * What one client watches. Equal subscriptions share a group, and so their frames.
 *
 * @param view fleet or machine
 * @param machines ids watched; empty = all
 * @param fields series watched
 * @param intervalMillis least time between two updates of one machine, 250 to 60,000
 * @param visibility what the client may see
 */
public record LiveSubscription(
        View view, SortedSet<String> machines, KeySelector fields, long intervalMillis, Visibility visibility) {

    /** Series of the fleet view where none are named. */
    public static final KeySelector FLEET_FIELDS = KeySelector.of(SubscribeMessage.FLEET_FIELDS);

    /**
     * Reads {@code {"type":"subscribe",...}}.
     *
     * @throws IllegalArgumentException saying what is wrong, for the client
     */
    static LiveSubscription parse(String text, Visibility visibility) {
        SubscribeMessage message = SubscribeMessage.parse(text);
        KeySelector fields =
                message.fields().isEmpty() ? KeySelector.all() : KeySelector.of(List.copyOf(message.fields()));
        return new LiveSubscription(message.view(), message.machines(), fields, message.intervalMillis(), visibility);
    }

    /** Whether processes are told: to who watches all there is of a few machines, inside. */
    boolean showsProcesses() {
        return view == View.MACHINE && visibility.isInside() && fields.equals(KeySelector.all());
    }

    boolean watches(String shownName) {
        return machines.isEmpty() || machines.contains(shownName);
    }
}
