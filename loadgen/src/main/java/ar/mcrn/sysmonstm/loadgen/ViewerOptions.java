package ar.mcrn.sysmonstm.loadgen;

import java.time.Duration;
import picocli.CommandLine.Option;

/** Options for WebSocket clients. */
final class ViewerOptions {

    @Option(
            names = "--viewers",
            paramLabel = "N",
            description = "WebSocket clients of the fleet view (${DEFAULT-VALUE})")
    private int viewers;

    @Option(
            names = "--viewer-machines",
            paramLabel = "N",
            description = "rows that each of them watches; 0 = the whole fleet (${DEFAULT-VALUE})")
    private int machines;

    @Option(
            names = "--viewer-interval",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "how often viewers ask for frames (250ms)")
    private Duration interval = Duration.ofMillis(250);

    @Option(
            names = "--idle-viewers",
            paramLabel = "N",
            description = "further WebSocket clients that never subscribe (${DEFAULT-VALUE})")
    private int idle;

    ViewerPlan viewers() {
        return new ViewerPlan(viewers, machines, interval, idle);
    }
}
