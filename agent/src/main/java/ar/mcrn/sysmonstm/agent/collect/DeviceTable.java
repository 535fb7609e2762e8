package ar.mcrn.sysmonstm.agent.collect;

import java.util.ArrayList;
import java.util.List;

/** Devices of one kind in one reading: a name and a row of counters each. Rows and names are reused from reading to reading. */
final class DeviceTable {
    private final int columns;
    private final List<String> names = new ArrayList<>();
    private final List<long[]> rows = new ArrayList<>();
    private int size;
    private boolean read;

    DeviceTable(int columns) {
        this.columns = columns;
    }

    void clear() {
        size = 0;
        read = false;
    }

    /** Says that the source was read to its end: without it the devices are unknown, not gone. */
    void complete() {
        read = true;
    }

    boolean isComplete() {
        return read;
    }

    int size() {
        return size;
    }

    String name(int device) {
        return names.get(device);
    }

    long[] row(int device) {
        return rows.get(device);
    }

    List<String> names() {
        return names.subList(0, size);
    }

    /** Adds the device whose name is the next {@code length} bytes of {@code file}; the row is to be filled by the caller. */
    long[] add(ProcFile file, int length) {
        if (size < names.size() && file.matches(names.get(size), length)) {
            return rows.get(size++);
        }
        return add(file.text(length));
    }

    long[] add(String name) {
        if (size == names.size()) {
            names.add(name);
            rows.add(new long[columns]);
        } else {
            names.set(size, name);
        }
        return rows.get(size++);
    }

    /** Position of a device, tried at {@code hint} first; -1 where it is not there. */
    int find(String name, int hint) {
        if (hint < size && names.get(hint).equals(name)) {
            return hint;
        }
        for (int i = 0; i < size; i++) {
            if (names.get(i).equals(name)) {
                return i;
            }
        }
        return -1;
    }
}
