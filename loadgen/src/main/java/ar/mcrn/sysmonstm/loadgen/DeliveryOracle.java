package ar.mcrn.sysmonstm.loadgen;

import ar.mcrn.sysmonstm.contract.HostColumn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Holds the database against what was acknowledged, by (machine, run, sequence): every acknowledged sample is stored
 * exactly once, with the stamp and the values it was sent with, and nothing is stored that was never issued. Samples that
 * are stored but whose acknowledgement was never heard are fine.
 */
final class DeliveryOracle {

    private static final List<HostColumn> COMPARED = List.of(
            HostColumn.CPU_TOTAL,
            HostColumn.LOAD_1M,
            HostColumn.MEMORY_USED,
            HostColumn.PRESSURE_CPU_SOME,
            HostColumn.DISK_READ_BYTES,
            HostColumn.NETWORK_RECEIVE_BYTES,
            HostColumn.THREADS,
            HostColumn.UPTIME);

    private static final String STORED = """
            select s.sequence, s.time, s.duration_millis, s.core_load, %s
            from machine m
            join run r on r.machine_id = m.machine_id
            join host_sample s on s.machine_id = m.machine_id and s.run_id = r.run_id
            where m.name = ? and r.run = ? and s.time between ? and ?
            order by s.time
            """.formatted(
                    COMPARED.stream().map(column -> "s." + column.column()).collect(Collectors.joining(", ")));

    private final int intervalMillis;
    private long rows;
    private long lost;
    private long duplicates;
    private long different;
    private long notIssued;
    private String example = "";

    DeliveryOracle(int intervalMillis) {
        this.intervalMillis = intervalMillis;
    }

    /**
     * What the comparison found.
     *
     * @param rows rows stored of these runs
     * @param lost samples acknowledged and not stored
     * @param duplicates samples stored more than once, each further row
     * @param different rows whose stamp, duration, core load or values are not those sent
     * @param notIssued rows that no agent sent
     * @param example first finding, for people; empty without one
     */
    record Findings(long rows, long lost, long duplicates, long different, long notIssued, String example) {
        boolean isClean() {
            return lost + duplicates + different + notIssued == 0;
        }
    }

    /** What one machine had issued, and which of it was acknowledged (bit = sequence). */
    record Obligation(Machine machine, long issued, BitSet acknowledged) {}

    /** @throws SQLException when the database cannot be read */
    Findings check(DatabaseAddress database, List<Obligation> obligations) throws SQLException {
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(STORED)) {
            for (Obligation obligation : obligations) {
                check(statement, obligation);
            }
        }
        return new Findings(rows, lost, duplicates, different, notIssued, example);
    }

    private void check(PreparedStatement statement, Obligation obligation) throws SQLException {
        Machine machine = obligation.machine();
        statement.setString(1, machine.name());
        statement.setLong(2, machine.run());
        statement.setTimestamp(3, new Timestamp(machine.firstMillis() - 3_600_000));
        statement.setTimestamp(4, new Timestamp(stamp(machine, obligation.issued()) + 3_600_000));
        BitSet stored = new BitSet();
        try (ResultSet found = statement.executeQuery()) {
            while (found.next()) {
                rows++;
                long sequence = found.getLong(1);
                if (sequence < 1 || sequence > obligation.issued()) {
                    notIssued++;
                    note("not issued", machine, sequence);
                } else if (stored.get((int) sequence)) {
                    duplicates++;
                    note("stored twice", machine, sequence);
                } else {
                    stored.set((int) sequence);
                    if (!isAsSent(found, machine, sequence)) {
                        different++;
                        note("not as sent", machine, sequence);
                    }
                }
            }
        }
        BitSet missing = (BitSet) obligation.acknowledged().clone();
        missing.andNot(stored);
        if (!missing.isEmpty()) {
            lost += missing.cardinality();
            note("lost", machine, missing.nextSetBit(0));
        }
    }

    private boolean isAsSent(ResultSet row, Machine machine, long sequence) throws SQLException {
        if (row.getTimestamp(2).getTime() != stamp(machine, sequence)
                || row.getInt(3) != intervalMillis
                || !Arrays.equals(row.getBytes(4), machine.signals().coreLoad(sequence))) {
            return false;
        }
        long[] host = machine.signals().host(sequence);
        for (int i = 0; i < COMPARED.size(); i++) {
            if (row.getLong(5 + i) != host[COMPARED.get(i).wire()] || row.wasNull()) {
                return false;
            }
        }
        return true;
    }

    private long stamp(Machine machine, long sequence) {
        return machine.stampMillis(sequence, intervalMillis);
    }

    private void note(String what, Machine machine, long sequence) {
        if (example.isEmpty()) {
            example = what + ": machine=" + machine.name() + ", run=" + machine.run() + ", sequence=" + sequence;
        }
    }
}
