package ar.mcrn.sysmonstm.loadgen;

import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * WebSocket clients beside the agents.
 *
 * @param count clients, 0 to 10,000
 * @param machines rows that each watches, as one page of the fleet's table; 0 = the whole fleet
 * @param interval least time between two updates of one machine
 * @param idle further clients that never subscribe, 0 to 50,000
 */
record ViewerPlan(int count, int machines, Duration interval, int idle) {

    /** @throws IllegalArgumentException naming option, value and range */
    ViewerPlan {
        LoadPlan.range("--viewers", count, 0, 10_000);
        LoadPlan.range("--viewer-machines", machines, 0, 1_000);
        LoadPlan.range("--idle-viewers", idle, 0, 50_000);
        LoadPlan.range("--viewer-interval", interval, Duration.ofMillis(50), Duration.ofMinutes(1));
    }

    /** What a viewer sends first. Viewers are spread over the pages of a fleet of {@code agents} machines. */
    String subscription(int viewer, long seed, int agents) {
        String watched = "";
        if (machines > 0) {
            int pages = (agents + machines - 1) / machines;
            int from = viewer % pages * machines;
            watched = IntStream.range(from, Math.min(agents, from + machines))
                    .mapToObj(index -> '"' + Machine.prefix(seed) + index + '"')
                    .collect(Collectors.joining(",", ",\"machines\":[", "]"));
        }
        return "{\"type\":\"subscribe\",\"view\":\"fleet\",\"intervalMillis\":%d%s}"
                .formatted(interval.toMillis(), watched);
    }
}
