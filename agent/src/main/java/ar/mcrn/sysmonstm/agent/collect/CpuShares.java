package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.Limits;
import com.google.protobuf.ByteString;

/** Shares of processor time between two readings. Used by one thread. */
final class CpuShares {
    private static final HostColumn[] COLUMNS = {
        HostColumn.CPU_USER,
        HostColumn.CPU_NICE,
        HostColumn.CPU_SYSTEM,
        HostColumn.CPU_IDLE,
        HostColumn.CPU_IOWAIT,
        HostColumn.CPU_INTERRUPT,
        HostColumn.CPU_STEAL
    };

    private final long[] deltas = new long[Reading.MODES];

    /** Puts the shares of all modes into {@code into}, as gauges; nothing where a counter was set back or no time has passed. */
    void host(Reading previous, Reading current, Reading into) {
        if (!previous.hasModes || !current.hasModes) {
            return;
        }
        long whole = 0;
        for (int mode = 0; mode < Reading.MODES; mode++) {
            long delta = Quantities.delta(previous.modes[mode], current.modes[mode]);
            if (delta < 0) {
                if (mode != Reading.IOWAIT && mode != Reading.IDLE) {
                    return;
                }
                // proc(5): the kernel takes back time from iowait, and with it from idle, in certain conditions.
                delta = 0;
            }
            deltas[mode] = delta;
            whole += delta;
        }
        if (whole == 0) {
            return;
        }
        for (int mode = 0; mode < Reading.MODES; mode++) {
            into.put(COLUMNS[mode], Quantities.basisPoints(deltas[mode], whole));
        }
        into.put(
                HostColumn.CPU_TOTAL,
                Quantities.basisPoints(whole - deltas[Reading.IDLE] - deltas[Reading.IOWAIT], whole));
    }

    /** One byte per core, 0 to 200; empty where the cores are not the same ones as before. */
    ByteString cores(Reading previous, Reading current) {
        if (current.cores == 0 || current.cores != previous.cores) {
            return ByteString.EMPTY;
        }
        byte[] loads = new byte[current.cores];
        for (int core = 0; core < current.cores; core++) {
            long busy = Math.max(0, current.coreBusy[core] - previous.coreBusy[core]);
            long whole = current.coreWhole[core] - previous.coreWhole[core];
            long load = whole <= 0 ? 0 : Math.round((double) busy * Limits.CORE_LOAD / whole);
            loads[core] = (byte) Math.min(load, Limits.CORE_LOAD);
        }
        return ByteString.copyFrom(loads);
    }
}
