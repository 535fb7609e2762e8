package ar.mcrn.sysmonstm.loadgen;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.HostColumn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;

/**
 * Holds the database against what was acknowledged: every acknowledged sample is stored exactly once and equal in every
 * column of {@code host_sample} and of the device tables, every acknowledged event is there, and nothing is stored that was
 * never issued. Samples that are stored but whose acknowledgement was never heard are fine, but must be equal too.
 *
 * <p>Goes through the rows machine by machine in the order of their stamps; what a row must hold is computed from its
 * identity alone. Memory: some bits per sample of one machine at a time. All that is stored of its machines is looked at, at
 * whatever time; what {@link OtherRuns} of the same seed stored before or after is passed over. So is what machines hold whose
 * names are those of another seed; every other name that begins as ours do is of nobody.
 */
final class DeliveryOracle {

    private static final int FETCH = 2_000;

    private static final List<HostColumn> HOST =
            HostColumn.ALL.stream().filter(Column::stored).toList();

    private static final String HOST_ROWS =
            """
            select run_id, sequence, time, duration_millis, late, core_load, %s
            from host_sample
            where machine_id = ?
            order by time
            """.formatted(HOST.stream().map(Column::column).collect(Collectors.joining(", ")));

    private final Expected expected;
    private final Findings found = new Findings();

    /**
     * What is known of the load run as a whole.
     *
     * @param seed of its machines
     * @param agents how many there are
     * @param startMillis intended start, Unix milliseconds
     * @param skewMillis most that an agent's clock is wrong
     * @param sinceMillis samples taken after this are fresh, Unix milliseconds
     */
    record Expected(long seed, int agents, long startMillis, long skewMillis, long sinceMillis) {}

    DeliveryOracle(Expected expected) {
        this.expected = expected;
    }

    /** @throws SQLException when the database cannot be read */
    Findings check(DatabaseAddress database, List<RunObligation> obligations) throws SQLException {
        Map<Integer, List<RunCheck>> machines = new TreeMap<>();
        for (RunObligation obligation : obligations) {
            machines.computeIfAbsent(obligation.run().machine().index(), ignored -> new ArrayList<>())
                    .add(new RunCheck(obligation));
        }
        try (Connection connection = database.connect()) {
            // Rows come in portions only inside a transaction.
            connection.setAutoCommit(false);
            found.keptFrom = keptFrom(connection);
            long from = Long.MAX_VALUE;
            long to = Long.MIN_VALUE;
            for (List<RunCheck> runs : machines.values()) {
                Session session = session(runs);
                checkMachine(connection, runs, session);
                from = Math.min(from, session.from());
                to = Math.max(to, session.to());
            }
            checkOtherMachines(connection, new Session(from, to), obligations);
            connection.rollback();
        }
        return found;
    }

    /** The time in which every row of a machine must be of this load run, Unix milliseconds. */
    private record Session(long from, long to) {
        boolean has(long millis) {
            return millis >= from && millis <= to;
        }
    }

    private Session session(List<RunCheck> runs) {
        long from = Long.MAX_VALUE;
        long to = Long.MIN_VALUE;
        for (RunCheck run : runs) {
            if (run.identity().firstMillis() - skew(run.identity()) >= expected.startMillis()) {
                from = Math.min(from, run.identity().firstMillis());
                to = Math.max(to, run.lastMillis());
            }
        }
        return new Session(from, to);
    }

    private long skew(MachineRun run) {
        return run.machine().skewMillis(expected.skewMillis());
    }

    private static java.time.Instant keptFrom(Connection connection) throws SQLException {
        try (PreparedStatement there = connection.prepareStatement("select to_regclass('history_tier') is not null");
                ResultSet known = there.executeQuery()) {
            known.next();
            if (!known.getBoolean(1)) {
                return null;
            }
        }
        try (PreparedStatement raw =
                        connection.prepareStatement("select kept_from from history_tier where tier = 'raw'");
                ResultSet tier = raw.executeQuery()) {
            return tier.next() && tier.getTimestamp(1) != null
                    ? tier.getTimestamp(1).toInstant()
                    : null;
        }
    }

    private void checkMachine(Connection connection, List<RunCheck> runs, Session session) throws SQLException {
        String name = runs.getFirst().identity().machine().name();
        Integer machine = id(connection, "select machine_id from machine where name = ?", name);
        if (machine != null) {
            MachineRun any = runs.getFirst().identity();
            LongPredicate ours = time -> isOurs(time, runs, session);
            OtherRuns others = new OtherRuns(any.machine(), any.intervalMillis(), ours);
            Map<Integer, Long> known = OtherRuns.read(connection, machine);
            others.know(known);
            Map<Integer, RunCheck> byId = byId(known, runs);
            checkHostRows(connection, machine, name, byId, others);
            DeviceCheck devices = new DeviceCheck(connection, machine, name, runs, found, FETCH);
            for (DeviceCheck.DeviceTable table : DeviceCheck.DeviceTable.values()) {
                devices.check(table, others);
            }
            new EventCheck(connection, found).check(machine, name, byId, others);
        }
        boolean fresh = false;
        for (RunCheck run : runs) {
            run.concludeLost(found, machine == null);
            fresh |= countFresh(run);
        }
        if (fresh) {
            found.freshMachines++;
        }
    }

    private static Integer id(Connection connection, String sql, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getInt(1) : null;
            }
        }
    }

    private static Map<Integer, RunCheck> byId(Map<Integer, Long> known, List<RunCheck> runs) {
        Map<Integer, RunCheck> byId = new HashMap<>();
        known.forEach((id, run) -> {
            for (RunCheck check : runs) {
                if (check.identity().run() == run) {
                    byId.put(id, check);
                }
            }
        });
        return byId;
    }

    private static boolean isOurs(long millis, List<RunCheck> runs, Session session) {
        if (session.has(millis)) {
            return true;
        }
        for (RunCheck run : runs) {
            if (millis >= run.identity().firstMillis() && millis <= run.lastMillis()) {
                return true;
            }
        }
        return false;
    }

    private void checkHostRows(
            Connection connection, int machine, String name, Map<Integer, RunCheck> byId, OtherRuns others)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(HOST_ROWS)) {
            statement.setFetchSize(FETCH);
            statement.setInt(1, machine);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    RunCheck run = byId.get(row.getInt(1));
                    if (run != null) {
                        checkHostRow(row, run);
                    } else if (!others.issued(
                            row.getInt(1), row.getLong(2), row.getTimestamp(3).getTime())) {
                        found.notIssued(
                                "host_sample",
                                name,
                                "time=" + row.getTimestamp(3).toInstant() + ", another run");
                    }
                }
            }
        }
    }

    private void checkHostRow(ResultSet row, RunCheck run) throws SQLException {
        found.rows++;
        long sequence = row.getLong(2);
        if (!run.isIssued(sequence)) {
            found.notIssued("host_sample", run.identity().machine().name(), "sequence=" + sequence);
        } else if (run.stored.get((int) sequence)) {
            found.duplicate("host_sample", run.identity(), sequence, "");
        } else {
            run.stored.set((int) sequence);
            String difference = difference(row, run, sequence);
            if (difference != null) {
                run.wrong.set((int) sequence);
                found.different("host_sample", run.identity(), sequence, difference);
            }
            if (!run.obligation.acknowledged().get((int) sequence)) {
                found.storedUnacknowledged++;
            }
        }
    }

    /** The first column that is not as sent, with both values; null when all are. */
    private static String difference(ResultSet row, RunCheck run, long sequence) throws SQLException {
        Timestamp time = row.getTimestamp(3);
        if (!isStamp(time, run.identity().stampMillis(sequence))) {
            return "column=time, stored=" + time.toInstant() + ", sent="
                    + java.time.Instant.ofEpochMilli(run.identity().stampMillis(sequence));
        }
        if (row.getInt(4) != run.identity().intervalMillis()) {
            return "column=duration_millis, stored=" + row.getInt(4) + ", sent="
                    + run.identity().intervalMillis();
        }
        if (row.getBoolean(5) && !run.obligation.backfilled().get((int) sequence)) {
            return "column=late, stored=true, sent=live only";
        }
        SignalModel signals = run.identity().signals();
        if (!Arrays.equals(row.getBytes(6), signals.coreLoad(sequence))) {
            return "column=core_load";
        }
        return difference(row, 7, HOST, signals.present(sequence), signals.host(sequence));
    }

    /** The first of these columns that is not as sent; null when all are. */
    static String difference(ResultSet row, int at, List<? extends Column> columns, long present, long[] sent)
            throws SQLException {
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            long value = row.getLong(at + i);
            boolean isNull = row.wasNull();
            boolean absent = (present & column.bit()) == 0;
            if (isNull != absent || (!absent && value != sent[column.wire()])) {
                return "column=" + column.column() + ", stored=" + (isNull ? "null" : value) + ", sent="
                        + (absent ? "null" : sent[column.wire()]);
            }
        }
        return null;
    }

    static boolean isStamp(Timestamp time, long millis) {
        return time.getTime() == millis && time.getNanos() % 1_000_000 == 0;
    }

    private boolean countFresh(RunCheck run) {
        boolean any = false;
        long from = expected.sinceMillis() + skew(run.identity());
        for (int sequence = run.stored.nextSetBit(1); sequence >= 0; sequence = run.stored.nextSetBit(sequence + 1)) {
            if (run.identity().stampMillis(sequence) > from
                    && run.obligation.acknowledged().get(sequence)
                    && !run.wrong.get(sequence)) {
                found.fresh++;
                any = true;
            }
        }
        return any;
    }

    /** Machines that are not among the agents but have names that begin as theirs do. */
    private void checkOtherMachines(Connection connection, Session session, List<RunObligation> obligations)
            throws SQLException {
        int intervalMillis =
                obligations.isEmpty() ? 0 : obligations.getFirst().run().intervalMillis();
        try (PreparedStatement statement = connection.prepareStatement(
                "select machine_id, name from machine where starts_with(name, ?) order by name")) {
            statement.setString(1, Machine.PREFIX);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Optional<Machine> machine = Machine.named(row.getString(2));
                    boolean other = machine.isEmpty()
                            || (row.getString(2).startsWith(Machine.prefix(expected.seed()))
                                    && machine.get().index() >= expected.agents());
                    if (other) {
                        OtherRuns others = machine.isEmpty() || intervalMillis == 0
                                ? null
                                : new OtherRuns(machine.get(), intervalMillis, session::has);
                        checkOtherMachine(connection, row.getInt(1), row.getString(2), others);
                    }
                }
            }
        }
    }

    /** @param others null where no load run can have issued anything */
    private void checkOtherMachine(Connection connection, int machine, String name, OtherRuns others)
            throws SQLException {
        if (others != null) {
            others.know(OtherRuns.read(connection, machine));
        }
        try (PreparedStatement statement = connection.prepareStatement(
                "select run_id, sequence, time from host_sample where machine_id = ? order by time")) {
            statement.setFetchSize(FETCH);
            statement.setInt(1, machine);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    if (others == null
                            || !others.issued(
                                    row.getInt(1),
                                    row.getLong(2),
                                    row.getTimestamp(3).getTime())) {
                        found.notIssued("host_sample", name, "no agent of this name");
                    }
                }
            }
        }
    }
}
