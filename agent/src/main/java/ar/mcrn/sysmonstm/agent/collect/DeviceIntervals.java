package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.v1.DeviceRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Deltas of all devices of one kind: over the newest tick, and summed with peaks kept over the open interval. A device whose
 * counters fell, or that was not there a tick ago, has no row for that tick, and its interval covers that much less. Used by
 * one thread.
 */
final class DeviceIntervals {
    private final DeviceKind kind;
    private List<Device> devices = new ArrayList<>();
    private List<Device> spare = new ArrayList<>();

    DeviceIntervals(DeviceKind kind) {
        this.kind = kind;
    }

    /** One device: what it did in the newest tick and since its interval began. */
    private final class Device {
        final String name;
        final long[] tick = new long[kind.columns()];
        final long[] sums = new long[kind.columns()];
        final long[] peaks = new long[kind.peaks().size()];
        long coveredMillis;
        boolean fresh;

        Device(String name) {
            this.name = name;
        }

        void advance(long[] previous, long[] current, long durationMillis) {
            fresh = true;
            for (int i = 0; i < tick.length; i++) {
                long bit = 1L << i;
                if ((kind.gauges() & bit) != 0) {
                    tick[i] = current[i];
                } else if ((kind.narrow() & bit) != 0) {
                    tick[i] = Quantities.delta32(previous[i], current[i]);
                } else {
                    tick[i] = Quantities.delta(previous[i], current[i]);
                }
                fresh &= tick[i] >= 0;
            }
            if (!fresh) {
                return;
            }
            coveredMillis += durationMillis;
            for (int i = 0; i < tick.length; i++) {
                sums[i] = (kind.gauges() & 1L << i) != 0 ? tick[i] : sums[i] + tick[i];
            }
            for (int i = 0; i < peaks.length; i++) {
                DeviceKind.Peak peak = kind.peaks().get(i);
                long rate = Math.round(tick[peak.source()] * peak.factor() * 1_000 / durationMillis);
                peaks[i] = Math.max(peaks[i], Math.min(rate, peak.limit()));
            }
        }

        void restart() {
            coveredMillis = 0;
            Arrays.fill(sums, 0);
            Arrays.fill(peaks, 0);
        }
    }

    /** Takes in what the devices did between two readings. Where one of the readings failed, nothing is known of the tick. */
    void advance(DeviceTable previous, DeviceTable current, long durationMillis) {
        for (Device device : devices) {
            device.fresh = false;
        }
        if (!current.isComplete()) {
            return;
        }
        spare.clear();
        for (int i = 0; i < current.size(); i++) {
            Device device = device(current.name(i), i);
            spare.add(device);
            int before = previous.isComplete() ? previous.find(current.name(i), i) : -1;
            if (before >= 0) {
                device.advance(previous.row(before), current.row(i), durationMillis);
            }
        }
        List<Device> gone = devices;
        devices = spare;
        spare = gone;
    }

    private Device device(String name, int hint) {
        if (hint < devices.size() && devices.get(hint).name.equals(name)) {
            return devices.get(hint);
        }
        for (Device device : devices) {
            if (device.name.equals(name)) {
                return device;
            }
        }
        return new Device(name);
    }

    /** True where the newest tick is known of at least one device, or there are none. */
    boolean isFresh() {
        for (Device device : devices) {
            if (device.fresh) {
                return true;
            }
        }
        return devices.isEmpty();
    }

    /** Sum over all devices for the newest tick. */
    long total(int column) {
        long total = 0;
        for (Device device : devices) {
            total += device.fresh ? device.tick[column] : 0;
        }
        return total;
    }

    /** Largest of all devices for the newest tick; 0 where there are none. */
    long largest(int column) {
        long largest = 0;
        for (Device device : devices) {
            largest = device.fresh ? Math.max(largest, device.tick[column]) : largest;
        }
        return largest;
    }

    /** Rows of the newest tick, in the order of the newest reading. */
    List<DeviceRow> rows() {
        List<DeviceRow> rows = new ArrayList<>(devices.size());
        for (int i = 0; i < devices.size(); i++) {
            Device device = devices.get(i);
            if (device.fresh) {
                rows.add(row(i, device.tick).build());
            }
        }
        return rows;
    }

    /** Rows of the interval that ends now; the next one begins. */
    List<DeviceRow> close() {
        List<DeviceRow> rows = new ArrayList<>(devices.size());
        for (int i = 0; i < devices.size(); i++) {
            Device device = devices.get(i);
            if (device.coveredMillis > 0) {
                DeviceRow.Builder row = row(i, device.sums).setDurationMillis((int) device.coveredMillis);
                long present = row.getPresent();
                for (int peak = 0; peak < device.peaks.length; peak++) {
                    present |= 1L << kind.peaks().get(peak).column();
                    row.addValues(device.peaks[peak]);
                }
                rows.add(row.setPresent(present).build());
            }
            device.restart();
        }
        return rows;
    }

    private DeviceRow.Builder row(int index, long[] values) {
        DeviceRow.Builder row = DeviceRow.newBuilder().setDevice(index).setPresent(kind.measured());
        for (int i = 0; i < values.length; i++) {
            if ((kind.measured() & 1L << i) != 0) {
                row.addValues(values[i]);
            }
        }
        return row;
    }
}
