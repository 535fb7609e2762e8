package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.aggregator.ingest.StreamOutcomes;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import java.util.Arrays;

/**
 * Encoded samples on their way to the database: the COPY rows of the four tables, and per sample where its rows begin and
 * to whom its outcome goes. A batch is a range of samples, so that halving one needs no copying. One thread at a time.
 */
final class RowBuffer {
    /** What a sample costs beside its encoded rows, bytes. */
    static final int OVERHEAD_BYTES = 96;

    private static final int ROWS_KEPT = 32 * 1024;
    private static final int FIRST_ROWS = 1_024;

    final CopyStream host;
    final CopyStream disks;
    final CopyStream interfaces;
    final CopyStream filesystems;

    private int rows;
    private StreamOutcomes[] outcomes;
    private MachineInventory[] inventories;
    private HistoryIds[] ids;
    private long[] runs;
    private long[] sequences;
    private long[] endMillis;
    private long[] receivedNanos;
    private long[] hostAt;
    private long[] disksAt;
    private long[] interfacesAt;
    private long[] filesystemsAt;

    RowBuffer(ChunkPool pool) {
        host = new CopyStream(pool);
        disks = new CopyStream(pool);
        interfaces = new CopyStream(pool);
        filesystems = new CopyStream(pool);
        allocate(FIRST_ROWS);
    }

    private void allocate(int size) {
        outcomes = new StreamOutcomes[size];
        inventories = new MachineInventory[size];
        ids = new HistoryIds[size];
        runs = new long[size];
        sequences = new long[size];
        endMillis = new long[size];
        receivedNanos = new long[size];
        hostAt = new long[size + 1];
        disksAt = new long[size + 1];
        interfacesAt = new long[size + 1];
        filesystemsAt = new long[size + 1];
    }

    private void grow() {
        int size = rows * 2;
        outcomes = Arrays.copyOf(outcomes, size);
        inventories = Arrays.copyOf(inventories, size);
        ids = Arrays.copyOf(ids, size);
        runs = Arrays.copyOf(runs, size);
        sequences = Arrays.copyOf(sequences, size);
        endMillis = Arrays.copyOf(endMillis, size);
        receivedNanos = Arrays.copyOf(receivedNanos, size);
        hostAt = Arrays.copyOf(hostAt, size + 1);
        disksAt = Arrays.copyOf(disksAt, size + 1);
        interfacesAt = Arrays.copyOf(interfacesAt, size + 1);
        filesystemsAt = Arrays.copyOf(filesystemsAt, size + 1);
    }

    /** Closes the sample whose rows were just encoded; returns the bytes it takes. */
    long add(SampleSlot slot, HistoryIds known) {
        if (rows == outcomes.length) {
            grow();
        }
        outcomes[rows] = slot.outcomes();
        inventories[rows] = slot.inventory();
        ids[rows] = known;
        runs[rows] = slot.run();
        sequences[rows] = slot.sequence();
        endMillis[rows] = slot.endMillis();
        receivedNanos[rows] = slot.receivedNanos();
        rows++;
        hostAt[rows] = host.position();
        disksAt[rows] = disks.position();
        interfacesAt[rows] = interfaces.position();
        filesystemsAt[rows] = filesystems.position();
        return bytes(rows - 1, rows);
    }

    /** Forgets rows of a sample that was not closed. */
    void rollback() {
        host.rewind(hostAt[rows]);
        disks.rewind(disksAt[rows]);
        interfaces.rewind(interfacesAt[rows]);
        filesystems.rewind(filesystemsAt[rows]);
    }

    /** Empties it and lets go of all references. */
    void clear() {
        host.clear();
        disks.clear();
        interfaces.clear();
        filesystems.clear();
        if (rows > ROWS_KEPT) {
            allocate(FIRST_ROWS);
        } else {
            Arrays.fill(outcomes, 0, rows, null);
            Arrays.fill(inventories, 0, rows, null);
            Arrays.fill(ids, 0, rows, null);
        }
        rows = 0;
    }

    /** Samples in it. */
    int rows() {
        return rows;
    }

    /** Bytes that a range of samples takes. */
    long bytes(int from, int to) {
        return hostAt[to]
                - hostAt[from]
                + disksAt[to]
                - disksAt[from]
                + interfacesAt[to]
                - interfacesAt[from]
                + filesystemsAt[to]
                - filesystemsAt[from]
                + (long) (to - from) * OVERHEAD_BYTES;
    }

    StreamOutcomes outcomes(int row) {
        return outcomes[row];
    }

    MachineInventory inventory(int row) {
        return inventories[row];
    }

    /** Whether its rows carry ids that are good there. */
    boolean resolved(int row, IdSpace space) {
        return ids[row] != null && ids[row].space() == space;
    }

    long run(int row) {
        return runs[row];
    }

    long sequence(int row) {
        return sequences[row];
    }

    long endMillis(int row) {
        return endMillis[row];
    }

    /** Whether any sample of a range has an older stamp. */
    boolean hasOlder(int from, int to, long millis) {
        for (int row = from; row < to; row++) {
            if (endMillis[row] < millis) {
                return true;
            }
        }
        return false;
    }

    long receivedNanos(int row) {
        return receivedNanos[row];
    }

    /** Encoded rows of a table. */
    CopyStream rows(RawTable table) {
        return switch (table) {
            case HOSTS -> host;
            case DISKS -> disks;
            case INTERFACES -> interfaces;
            case FILESYSTEMS -> filesystems;
        };
    }

    /** Where the rows of a sample begin among those of a table; there those of the sample before end. */
    long at(RawTable table, int row) {
        return switch (table) {
            case HOSTS -> hostAt[row];
            case DISKS -> disksAt[row];
            case INTERFACES -> interfacesAt[row];
            case FILESYSTEMS -> filesystemsAt[row];
        };
    }

    /** Database id of a sample's machine; the row must be resolved. */
    int machine(int row) {
        return host.intField(host.rowAt(hostAt[row]), RowEncoder.MACHINE_OFFSET);
    }

    /** Puts ids into rows that were encoded before these were known, or with those of another connection or a removed machine. */
    void resolve(int row, HistoryIds known) {
        HistoryIds old = ids[row];
        long hostRow = host.rowAt(hostAt[row]);
        host.setIntField(hostRow, RowEncoder.MACHINE_OFFSET, known.machine());
        host.setIntField(hostRow, RowEncoder.RUN_OFFSET, known.run());
        resolve(disks, disksAt, row, old == null ? null : old.disks(), known.machine(), known.disks());
        resolve(
                interfaces,
                interfacesAt,
                row,
                old == null ? null : old.interfaces(),
                known.machine(),
                known.interfaces());
        resolve(
                filesystems,
                filesystemsAt,
                row,
                old == null ? null : old.filesystems(),
                known.machine(),
                known.filesystems());
        ids[row] = known;
    }

    private static void resolve(CopyStream stream, long[] ats, int row, int[] old, int machine, int[] devices) {
        for (long at = ats[row]; at < ats[row + 1]; ) {
            long deviceRow = stream.rowAt(at);
            int there = stream.intField(deviceRow, RowEncoder.DEVICE_OFFSET);
            stream.setIntField(deviceRow, RowEncoder.MACHINE_OFFSET, machine);
            stream.setIntField(
                    deviceRow, RowEncoder.DEVICE_OFFSET, devices[old == null ? there : position(old, there)]);
            at = stream.skipRow(deviceRow);
        }
    }

    private static int position(int[] devices, int device) {
        int position = 0;
        while (devices[position] != device) {
            position++;
        }
        return position;
    }
}
