package ar.mcrn.sysmonstm.aggregator.tiers;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes tier rows within the transaction of the caller, who holds {@code HistoryLock.ROLLUP}. Of one connection, whose
 * statements it keeps prepared.
 */
final class TierWriter {
    private static final List<String> MINUTE_DELETES = deletes(true);
    private static final List<String> HOUR_DELETES = deletes(false);
    private static final List<String> MINUTE_INSERTS =
            TierTable.ALL.stream().map(TierSql::minutes).toList();
    private static final List<String> HOUR_INSERTS = hourInserts();

    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();
    private volatile PreparedStatement running;

    TierWriter(Connection connection) {
        this.connection = connection;
    }

    /**
     * Machines by their ids, both ends included.
     *
     * @param first least id
     * @param last greatest id
     */
    record Machines(int first, int last) {
        static final Machines ALL = new Machines(0, Integer.MAX_VALUE);

        static Machines only(int machine) {
            return new Machines(machine, machine);
        }
    }

    private static List<String> deletes(boolean minute) {
        List<String> sql = new ArrayList<>();
        for (TierTable table : TierTable.ALL) {
            sql.add(TierSql.delete(minute ? table.minute() : table.hour()));
        }
        if (!minute) {
            sql.add(TierSql.delete("coverage"));
        }
        return sql;
    }

    private static List<String> hourInserts() {
        List<String> sql =
                new ArrayList<>(TierTable.ALL.stream().map(TierSql::hours).toList());
        sql.add(TierSql.COVERAGE);
        return sql;
    }

    /** Makes the minutes of a range from raw; returns how many rows. */
    long minutes(Instant from, Instant until, Machines machines) throws SQLException {
        return insert(MINUTE_INSERTS, from, until, machines);
    }

    /** Makes the hours of a range from its minutes, and their coverage from raw; returns how many rows. */
    long hours(Instant from, Instant until, Machines machines) throws SQLException {
        return insert(HOUR_INSERTS, from, until, machines);
    }

    void deleteMinutes(Instant from, Instant until, Machines machines) throws SQLException {
        delete(MINUTE_DELETES, from, until, machines);
    }

    void deleteHours(Instant from, Instant until, Machines machines) throws SQLException {
        delete(HOUR_DELETES, from, until, machines);
    }

    private long insert(List<String> inserts, Instant from, Instant until, Machines machines) throws SQLException {
        long rows = 0;
        for (String sql : inserts) {
            PreparedStatement statement = prepared(sql);
            Marks.set(statement, 1, from);
            Marks.set(statement, 2, until);
            Marks.set(statement, 3, from);
            Marks.set(statement, 4, until);
            statement.setInt(5, machines.first());
            statement.setInt(6, machines.last());
            rows += run(statement);
        }
        return rows;
    }

    private void delete(List<String> deletes, Instant from, Instant until, Machines machines) throws SQLException {
        for (String sql : deletes) {
            PreparedStatement statement = prepared(sql);
            Marks.set(statement, 1, from);
            Marks.set(statement, 2, until);
            statement.setInt(3, machines.first());
            statement.setInt(4, machines.last());
            run(statement);
        }
    }

    private int run(PreparedStatement statement) throws SQLException {
        running = statement;
        try {
            return statement.executeUpdate();
        } finally {
            running = null;
        }
    }

    /** Ends what runs now, which fails then. Any thread. */
    void cancel() throws SQLException {
        PreparedStatement statement = running;
        if (statement != null) {
            statement.cancel();
        }
    }

    private PreparedStatement prepared(String sql) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        return statement;
    }
}
