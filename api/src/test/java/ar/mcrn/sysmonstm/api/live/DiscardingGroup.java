package ar.mcrn.sysmonstm.api.live;

import ar.mcrn.sysmonstm.api.core.Visibility;
import ar.mcrn.sysmonstm.api.hot.LiveFleet;
import ar.mcrn.sysmonstm.ops.runtime.live.SubscribeMessage.View;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The real group and frames of all viewers that watch the same, who throw every frame away: what building it costs. */
public final class DiscardingGroup {
    private final LiveFleet fleet;
    private final LiveGroup group;
    private final LiveFrames frames = new LiveFrames();

    /** @param machines how many of the machines of {@link #machine} are watched, from number 0 on */
    public DiscardingGroup(LiveFleet fleet, int machines) {
        this.fleet = fleet;
        group = new LiveGroup(
                new LiveSubscription(
                        View.FLEET,
                        IntStream.range(0, machines)
                                .mapToObj(DiscardingGroup::machine)
                                .collect(Collectors.toCollection(TreeSet::new)),
                        LiveSubscription.FLEET_FIELDS,
                        1_000,
                        Visibility.EVERYTHING),
                fleet);
    }

    /** Id of a machine by number. */
    public static String machine(int number) {
        return "bench-" + number;
    }

    /** The frame of what changed. */
    public byte[] delta(LiveFleet.Changes changes) {
        group.changed(changes);
        return frames.delta(group, group.flush(fleet, System.nanoTime(), true));
    }
}
