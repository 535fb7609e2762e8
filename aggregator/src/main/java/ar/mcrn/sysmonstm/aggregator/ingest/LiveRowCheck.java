package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.ProcessRow;
import ar.mcrn.sysmonstm.v1.TemperatureRow;

/**
 * Judges the processes and temperatures of one sample, which only the live view shows, for {@link SampleParser}: wire form,
 * bounds, names that are text. Keeps the first fault; allocates only to name one.
 */
final class LiveRowCheck {
    private final WireCursor cursor = new WireCursor();

    private boolean judge;
    private int sensors;
    private final int[] pids = new int[Limits.PROCESSES];
    private int processCount;
    private long sensorsSeen;
    private String fault;

    /** Begins a sample; without an inventory only the wire form is looked at. */
    void begin(MachineInventory inventory) {
        judge = inventory != null;
        sensors = judge ? inventory.sensors() : 0;
        processCount = 0;
        sensorsSeen = 0;
        fault = null;
    }

    /** Reads one process; false when it is malformed. */
    boolean process(byte[] bytes, int from, int to) {
        cursor.reset(bytes, from, to);
        int pid = 0;
        int nameAt = from;
        int nameLength = 0;
        int cpu = 0;
        long memory = 0;
        int threads = 0;
        while (cursor.hasMore()) {
            int tag = cursor.tag();
            switch (tag >>> 3) {
                case ProcessRow.PID_FIELD_NUMBER -> pid = (int) varint(tag);
                case ProcessRow.COMMAND_FIELD_NUMBER -> {
                    expect(tag, WireCursor.LENGTH_DELIMITED);
                    nameLength = cursor.length();
                    nameAt = cursor.at();
                    cursor.moveTo(nameAt + nameLength);
                }
                case ProcessRow.CPU_FIELD_NUMBER -> cpu = (int) varint(tag);
                case ProcessRow.MEMORY_FIELD_NUMBER -> memory = varint(tag);
                case ProcessRow.THREADS_FIELD_NUMBER -> threads = (int) varint(tag);
                default -> cursor.skip(tag);
            }
        }
        if (cursor.failed()) {
            return false;
        }
        if (judge && fault == null) {
            check(pid, cpu, memory, threads);
            checkName(bytes, nameAt, nameLength);
        }
        return true;
    }

    private void check(int pid, int cpu, long memory, int threads) {
        if (++processCount > Limits.PROCESSES) {
            fault("processes=", processCount);
        } else if (pid <= 0) {
            fault("processes: pid=", Integer.toUnsignedLong(pid));
        } else if (isTold(pid)) {
            fault("processes: twice pid=", pid);
        } else if (cpu < 0 || cpu > Limits.PROCESS_CPU) {
            fault("processes: cpu=", Integer.toUnsignedLong(cpu));
        } else if (memory < 0 || memory > Limits.KIBIBYTES) {
            fault("processes: memory=", memory);
        } else if (threads <= 0) {
            fault("processes: threads=", Integer.toUnsignedLong(threads));
        }
    }

    /** Whether this sample told of it before; notes it. */
    private boolean isTold(int pid) {
        for (int i = 0; i < processCount - 1; i++) {
            if (pids[i] == pid) {
                return true;
            }
        }
        pids[processCount - 1] = pid;
        return false;
    }

    private void checkName(byte[] bytes, int from, int length) {
        if (fault != null) {
            return;
        }
        if (length == 0 || length > Limits.COMMAND_BYTES) {
            fault("processes: command bytes=", length);
        } else if (!isText(bytes, from, from + length)) {
            fault = "processes: command is no text";
        }
    }

    /** Well-formed UTF-8 without control characters. Source: table 3-7 of the Unicode standard. */
    private static boolean isText(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            int first = bytes[at++] & 0xff;
            if (first < 0x80) {
                if (first < 0x20 || first == 0x7f) {
                    return false;
                }
                continue;
            }
            int more =
                    first >= 0xc2 && first <= 0xdf ? 1 : first >> 4 == 0xe ? 2 : first >= 0xf0 && first <= 0xf4 ? 3 : 0;
            if (more == 0 || at + more > to) {
                return false;
            }
            int second = bytes[at] & 0xff;
            int least =
                    first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : first == 0xc2 ? 0xa0 : 0x80; // 0xc2: no C1 controls
            int most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
            if (second < least || second > most) {
                return false;
            }
            for (int i = 1; i < more; i++) {
                if ((bytes[at + i] & 0xc0) != 0x80) {
                    return false;
                }
            }
            at += more;
        }
        return true;
    }

    /** Reads one temperature; false when it is malformed. */
    boolean temperature(byte[] bytes, int from, int to) {
        cursor.reset(bytes, from, to);
        int sensor = 0;
        int tenths = 0;
        while (cursor.hasMore()) {
            int tag = cursor.tag();
            switch (tag >>> 3) {
                case TemperatureRow.SENSOR_FIELD_NUMBER -> sensor = (int) varint(tag);
                case TemperatureRow.TENTHS_FIELD_NUMBER -> {
                    int zigzag = (int) varint(tag);
                    tenths = zigzag >>> 1 ^ -(zigzag & 1);
                }
                default -> cursor.skip(tag);
            }
        }
        if (cursor.failed()) {
            return false;
        }
        if (judge && fault == null) {
            if (sensor < 0 || sensor >= Math.min(sensors, Limits.SENSORS)) {
                fault("temperatures: sensor=", Integer.toUnsignedLong(sensor));
            } else if ((sensorsSeen & 1L << sensor) != 0) {
                fault("temperatures: twice sensor=", sensor);
            } else if (tenths < Limits.COLDEST || tenths > Limits.HOTTEST) {
                fault("temperatures: tenths=", tenths);
            }
            sensorsSeen |= 1L << sensor;
        }
        return true;
    }

    private long varint(int tag) {
        expect(tag, WireCursor.VARINT);
        return cursor.varint();
    }

    private void expect(int tag, int type) {
        if ((tag & 7) != type) {
            cursor.fail();
        }
    }

    private void fault(String what, long value) {
        fault = what + value;
    }

    /** First fault of the sample; null when there is none. */
    String fault() {
        return fault;
    }
}
