package ar.mcrn.sysmonstm.relay;

import ar.mcrn.sysmonstm.ops.runtime.telemetry.Counter;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;

/**
 * All that the relay says of itself. Frames of the feed that were understood are counted in {@code feed_frames}, the others
 * in {@code feed_refused}; every entry of an understood frame is in the mirror or counted in {@code refused_entries}.
 */
final class RelayMetrics {
    final Counter feedFrames;
    final Counter feedRefused;
    final Counter frames;
    final Counter frameBytes;
    final Counter conflated;
    final Counter slowClosed;
    private volatile double machines;
    private volatile double mirrorBytes;
    private volatile double refused;

    RelayMetrics(Telemetry telemetry) {
        feedFrames = telemetry.counter("sysmonstm_relay_feed_frames", "Frames taken from the feed");
        feedRefused = telemetry.counter("sysmonstm_relay_feed_refused", "Frames of the feed that were not understood");
        frames = telemetry.counter("sysmonstm_relay_frames", "Frames handed to viewers");
        frameBytes = telemetry.counter("sysmonstm_relay_frame_bytes", "Bytes handed to viewers before compression");
        conflated = telemetry.counter(
                "sysmonstm_relay_conflated_frames", "Frames that a busy viewer got later, with newer values");
        slowClosed = telemetry.counter("sysmonstm_relay_slow_viewers_closed", "Viewers closed for taking no frames");
        telemetry.gauge("sysmonstm_relay_machines", "Machines mirrored", () -> machines);
        telemetry.gauge("sysmonstm_relay_mirror_bytes", "Bytes of names and values mirrored, about", () -> mirrorBytes);
        telemetry.gauge("sysmonstm_relay_refused_entries", "Entries of the feed left out over a bound", () -> refused);
    }

    /** How full the mirror is; called by the hub's thread. */
    void mirror(int machineCount, long bytes, long refusedEntries) {
        machines = machineCount;
        mirrorBytes = bytes;
        refused = refusedEntries;
    }
}
