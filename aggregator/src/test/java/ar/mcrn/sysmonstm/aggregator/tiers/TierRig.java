package ar.mcrn.sysmonstm.aggregator.tiers;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.aggregator.history.HistoryLock;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** A migrated database with two machines, raw rows by SQL, and the steps of the rollup with a clock of the test's. */
final class TierRig implements AutoCloseable {
    /** Some hour in the past. */
    static final Instant HOUR =
            Instant.ofEpochMilli(System.currentTimeMillis() / 3_600_000 * 3_600_000 - 5 * 3_600_000);

    static final int RUN = 1;
    static final List<String> RAW = TierTable.ALL.stream().map(TierTable::raw).toList();
    /** All tables of tiers, and coverage. */
    static final List<String> TIERS = Stream.concat(
                    TierTable.ALL.stream().flatMap(table -> Stream.of(table.minute(), table.hour())),
                    Stream.of("coverage"))
            .toList();

    final DataSource source;
    final TierSpace space;
    final RollupMetrics metrics;
    final RollupSession session;
    final Closing closing;
    final Rollup rollup;
    final Repair repair;

    private Instant now = HOUR;

    TierRig(DataSource source, TierSpace space) throws SQLException {
        this.source = source;
        this.space = space;
        InstantSource clock = () -> now;
        metrics = new RollupMetrics(new Telemetry("test"), clock);
        closing = new Closing(clock, Closing.FIRST_LIMIT, Duration.ZERO);
        rollup = new Rollup(space, metrics);
        repair = new Repair(space, metrics, Duration.ZERO);
        execute("insert into machine (name) values ('web'), ('db')");
        execute("insert into device (machine_id, kind, name) select m.machine_id, k.kind, d.name from machine as m"
                + " cross join (values ('disk'), ('interface'), ('filesystem')) as k (kind)"
                + " cross join (values ('a'), ('b')) as d (name) order by 1, 2, 3");
        session = RollupSession.open(source);
    }

    /** One partition for everything, so that tests need not think of partitions. */
    static void makeRoom(DataSource source) throws SQLException {
        makeRoomForTiers(source);
        makeRoomForRaw(source);
    }

    /** For raw alone, where the rollup makes partitions of its own. */
    static void makeRoomForRaw(DataSource source) throws SQLException {
        makeRoom(source, RAW);
    }

    /** The same for tiers alone, where the real writer makes those of raw. */
    static void makeRoomForTiers(DataSource source) throws SQLException {
        makeRoom(source, TIERS);
    }

    private static void makeRoom(DataSource source, List<String> tables) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            for (String table : tables) {
                statement.execute("create table " + table + "_rest partition of " + table + " default");
            }
        }
    }

    /** As it was after the migration. */
    static void empty(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("truncate machine, rollup_dirty, " + String.join(", ", RAW) + ", "
                    + String.join(", ", TIERS) + " restart identity cascade");
            statement.execute("update history_tier set kept_from = null, closed_until = null, rolled_until = null");
            statement.execute("update history_state set horizon = '-infinity'");
        }
    }

    void now(Instant instant) {
        now = instant;
    }

    /** Closes up to there and rolls up all that is closed. */
    void rollUp(Instant until) throws SQLException {
        close(until);
        while (rollup.run(session)) {
            assertThat(Marks.read(session.connection()).orElseThrow().minutesUntil())
                    .isBeforeOrEqualTo(until);
        }
    }

    /** Closes minutes up to there. */
    void close(Instant until) throws SQLException {
        now(until.plus(Closing.AFTER));
        closing.run(session);
        assertThat(marks().closedUntil()).isEqualTo(until);
    }

    Marks marks() throws SQLException {
        try (Connection connection = source.getConnection()) {
            return Marks.read(connection).orElseThrow();
        }
    }

    /** Repairs every pair there is; returns how many. */
    int repairAll() throws SQLException {
        int repaired = 0;
        for (List<Repair.Pair> due = repair.due(session); !due.isEmpty(); due = repair.due(session)) {
            for (Repair.Pair pair : due) {
                assertThat(repair.run(session, pair)).isEqualTo(Repair.Outcome.DONE);
                repaired++;
            }
        }
        return repaired;
    }

    /** All tiers are what raw says. */
    BruteForce.Verdict assertExact() throws SQLException {
        try (Connection raw = source.getConnection();
                Connection tiers = source.getConnection()) {
            BruteForce.Verdict verdict = BruteForce.compare(raw, tiers);
            assertThat(verdict.differences()).isEmpty();
            return verdict;
        }
    }

    long count(String what) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + what)) {
            row.next();
            return row.getLong(1);
        }
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** One transaction of a writer, as the contract of the locks has it. */
    final class Writer implements AutoCloseable {
        final Connection connection = source.getConnection();
        private final Instant closedUntil;

        Writer() throws SQLException {
            connection.setAutoCommit(false);
            HistoryLock.HISTORY.shared(connection);
            closedUntil = Marks.read(connection).map(Marks::closedUntil).orElse(Instant.MIN);
        }

        /** A row of each table at one stamp, and the mark where it is due. */
        void write(int machine, Instant time, long seed) throws SQLException {
            Random random = new Random(seed);
            for (TierTable table : TierTable.ALL) {
                for (int device = 1; device <= (table.device() ? 2 : 1); device++) {
                    row(connection, random, table, machine, device, time, seed);
                }
            }
            if (time.isBefore(closedUntil)) {
                mark(machine, time);
            }
        }

        /** Marks the hour of a stamp. */
        void mark(int machine, Instant time) throws SQLException {
            try (PreparedStatement mark = connection.prepareStatement(
                    "insert into rollup_dirty (machine_id, hour) values (?, date_bin('1 hour', ?, 'epoch')) on"
                            + " conflict (machine_id, hour) do update set marks = rollup_dirty.marks + 1, last_marked_at ="
                            + " now()")) {
                mark.setInt(1, machine);
                Marks.set(mark, 2, time);
                mark.executeUpdate();
            }
        }

        void commit() throws SQLException {
            connection.commit();
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    /** Writes one stamp of one machine and commits. */
    void write(int machine, Instant time, long seed) throws SQLException {
        try (Writer writer = new Writer()) {
            writer.write(machine, time, seed);
            writer.commit();
        }
    }

    /** A row of random values, of which some are not there and some at their bounds. */
    static void row(
            Connection connection, Random random, TierTable table, int machine, int device, Instant time, long sequence)
            throws SQLException {
        boolean host = !table.device();
        String columns = table.columns().stream().map(Column::column).collect(Collectors.joining(", "));
        String marks = ", ?".repeat(table.columns().size());
        String sql = host
                ? "insert into host_sample (machine_id, time, run_id, sequence, duration_millis, late, " + columns
                        + ") values (?, ?, ?, ?, ?, false" + marks + ")"
                : "insert into " + table.raw() + " (machine_id, device_id, time, duration_millis, " + columns
                        + ") values (?, ?, ?, ?" + marks + ")";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            int next = 1;
            insert.setInt(next++, machine);
            if (host) {
                Marks.set(insert, next++, time);
                insert.setInt(next++, RUN + random.nextInt(2));
                insert.setLong(next++, sequence);
            } else {
                insert.setInt(next++, device);
                Marks.set(insert, next++, time);
            }
            insert.setInt(next++, 1 + random.nextInt(2_000));
            for (Column column : table.columns()) {
                switch (random.nextInt(6)) {
                    case 0 -> insert.setNull(next++, Types.BIGINT);
                    case 1 -> insert.setLong(next++, column.max());
                    default -> insert.setLong(next++, random.nextLong(column.max() + 1));
                }
            }
            insert.executeUpdate();
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
