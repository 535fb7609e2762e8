package ar.mcrn.sysmonstm.ops.systemtests.faults;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the database holds of some machines: sequences by run, and those that events say are lost. One thread. */
public final class StoredRuns {
    private static final String ROWS = """
            select m.name, r.run, s.sequence, extract(epoch from s.time) * 1000 from machine m join run r using (machine_id)
            join host_sample s on s.machine_id = m.machine_id and s.run_id = r.run_id
            where m.name like ? order by m.name, s.time
            """;
    private static final String LOSSES = """
            select r.run, e.first_sequence, e.last_sequence, substring(e.detail from 'samples (\\d+)')::bigint
            from machine m join run r using (machine_id)
            join machine_event e on e.machine_id = m.machine_id and e.run_id = r.run_id
            where m.name like ? and e.first_sequence is not null
            """;

    private final Map<Long, BitSet> stored = new HashMap<>();
    private final Map<Long, BitSet> named = new HashMap<>();
    private final Map<String, List<Long>> stamps = new HashMap<>();
    private long rows;
    private long twice;
    private long counted;

    private StoredRuns() {}

    /** Those of all machines whose name is like this pattern of SQL. */
    static StoredRuns read(Sql sql, String pattern) throws SQLException {
        StoredRuns runs = new StoredRuns();
        try (Connection connection = sql.connect()) {
            runs.readRows(connection, pattern);
            runs.readLosses(connection, pattern);
        }
        return runs;
    }

    private void readRows(Connection connection, String pattern) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ROWS)) {
            statement.setString(1, pattern);
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    rows++;
                    BitSet run = stored.computeIfAbsent(found.getLong(2), none -> new BitSet());
                    int sequence = found.getInt(3);
                    twice += run.get(sequence) ? 1 : 0;
                    run.set(sequence);
                    stamps.computeIfAbsent(found.getString(1), none -> new ArrayList<>())
                            .add(Math.round(found.getDouble(4)));
                }
            }
        }
    }

    private void readLosses(Connection connection, String pattern) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOSSES)) {
            statement.setString(1, pattern);
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    named.computeIfAbsent(found.getLong(1), none -> new BitSet())
                            .set(found.getInt(2), found.getInt(3) + 1);
                    long samples = found.getLong(4);
                    counted += found.wasNull() ? found.getLong(3) - found.getLong(2) + 1 : samples;
                }
            }
        }
    }

    /** Sequences stored of a run. */
    public BitSet stored(long run) {
        return copy(stored, run);
    }

    /** Sequences of a run that events name as lost. */
    public BitSet named(long run) {
        return copy(named, run);
    }

    /** Sequences of a run that are not stored, from 1 to the greatest that is, or is named. */
    public BitSet missing(long run) {
        BitSet there = stored(run);
        BitSet missing = new BitSet();
        missing.set(1, Math.max(Math.max(there.length(), named(run).length()), 1));
        missing.andNot(there);
        return missing;
    }

    private static BitSet copy(Map<Long, BitSet> from, long run) {
        return (BitSet) from.getOrDefault(run, new BitSet()).clone();
    }

    Map<String, List<Long>> stamps() {
        return stamps;
    }

    /** What they come to. */
    RealAgents.Stored summary(long worstTailMillis) {
        long holes = 0;
        long explained = 0;
        long wronglyNamed = 0;
        for (long run : stored.keySet()) {
            BitSet missing = missing(run);
            holes += missing.cardinality();
            missing.and(named(run));
            explained += missing.cardinality();
            BitSet both = named(run);
            both.and(stored(run));
            wronglyNamed += both.cardinality();
        }
        return new RealAgents.Stored(
                stored.size(), rows, twice, holes, explained, wronglyNamed, counted, worstTailMillis);
    }
}
