package ar.mcrn.sysmonstm.loadgen;

import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;

/** One run while the oracle looks through what is stored of it; bit = number of a sample or event. One thread. */
final class RunCheck {

    final RunObligation obligation;
    final BitSet stored = new BitSet();
    final BitSet wrong = new BitSet();
    final BitSet events = new BitSet();
    /** By table and device, the samples whose closed interval is stored. */
    final Map<DeviceCheck.DeviceTable, BitSet[]> devices = new EnumMap<>(DeviceCheck.DeviceTable.class);

    RunCheck(RunObligation obligation) {
        this.obligation = obligation;
        for (DeviceCheck.DeviceTable table : DeviceCheck.DeviceTable.values()) {
            BitSet[] rows = new BitSet[table.devices()];
            Arrays.setAll(rows, ignored -> new BitSet());
            devices.put(table, rows);
        }
    }

    MachineRun identity() {
        return obligation.run();
    }

    boolean isIssued(long sequence) {
        return sequence >= 1 && sequence <= obligation.issued();
    }

    /** Stamp of the newest sample that can have been sent. */
    long lastMillis() {
        return identity().stampMillis(Math.max(1, obligation.issued()));
    }

    /** Counts what was acknowledged and is not there, and device rows that a stored sample lacks. */
    void concludeLost(Findings found, boolean machineUnknown) {
        Instant keptFrom = found.keptFrom;
        long keptMillis = keptFrom == null ? Long.MIN_VALUE : keptFrom.toEpochMilli();
        BitSet missing = (BitSet) obligation.acknowledged().clone();
        missing.andNot(stored);
        for (int sequence = missing.nextSetBit(1); sequence >= 0; sequence = missing.nextSetBit(sequence + 1)) {
            if (identity().stampMillis(sequence) < keptMillis) {
                found.expired++;
            } else {
                found.lost("host_sample", identity(), sequence, machineUnknown ? ", the machine is unknown" : "");
            }
        }
        for (DeviceCheck.DeviceTable table : DeviceCheck.DeviceTable.values()) {
            concludeLost(found, table, keptMillis);
        }
        BitSet events = (BitSet) obligation.events().clone();
        events.andNot(this.events);
        events.stream().forEach(event -> found.lost("machine_event", identity(), event, " (event)"));
    }

    private void concludeLost(Findings found, DeviceCheck.DeviceTable table, long keptMillis) {
        for (int sequence = stored.nextSetBit(1); sequence >= 0; sequence = stored.nextSetBit(sequence + 1)) {
            if (!table.closes(identity().signals(), sequence) || identity().stampMillis(sequence) < keptMillis) {
                continue;
            }
            for (int device = 0; device < table.devices(); device++) {
                if (!devices.get(table)[device].get(sequence)) {
                    found.lost(table.table(), identity(), sequence, ", device=" + table.device(device));
                }
            }
        }
    }
}
