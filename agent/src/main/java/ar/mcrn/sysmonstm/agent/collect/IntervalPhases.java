package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.MachineId;
import java.time.Duration;

/**
 * When ticks happen and device intervals close: at the same place within each second, 10 s and 60 s for one machine, spread
 * over machines by a hash of the id, so that a fleet does not speak in chorus.
 */
public final class IntervalPhases {
    private static final long DEVICES_MILLIS = 10_000;
    private static final long FILESYSTEMS_MILLIS = 60_000;

    private final long spread;

    public IntervalPhases(MachineId machine) {
        // A multiplicative hash, since the hash codes of web-1 and web-2 lie side by side.
        spread = ((machine.value().hashCode() * 0x9E37_79B9_7F4A_7C15L) >>> 32) % FILESYSTEMS_MILLIS;
    }

    /** Milliseconds from {@code nowMillis} (Unix time) to the next tick, 0 to less than {@code interval}. */
    public long untilTick(long nowMillis, Duration interval) {
        return Math.floorMod(spread - nowMillis, interval.toMillis());
    }

    /** True where a 10 s interval of disks and interfaces ends between two stamps. */
    boolean devicesClose(long previousMillis, long nowMillis) {
        return crosses(DEVICES_MILLIS, previousMillis, nowMillis);
    }

    /** True where a 60 s interval of file systems ends between two stamps. */
    boolean filesystemsClose(long previousMillis, long nowMillis) {
        return crosses(FILESYSTEMS_MILLIS, previousMillis, nowMillis);
    }

    private boolean crosses(long length, long previousMillis, long nowMillis) {
        return Math.floorDiv(previousMillis - spread, length) != Math.floorDiv(nowMillis - spread, length);
    }
}
