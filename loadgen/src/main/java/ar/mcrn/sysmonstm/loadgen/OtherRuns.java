package ar.mcrn.sysmonstm.loadgen;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * Tells what other load runs stored of one machine from what nobody sent. The id of a run follows from its machine and its first
 * stamp: a row whose number and stamp lead to the id of its run was issued by some load run of this seed and interval. That
 * counts only outside of the time in which all rows must be of the run that is held against the database. One thread.
 */
final class OtherRuns {

    private final Machine machine;
    private final int intervalMillis;
    private final LongPredicate ours;
    private final Map<Integer, Long> runs = new HashMap<>();
    private final Set<Integer> genuine = new HashSet<>();
    private final Set<Long> stamps = new HashSet<>();

    /** @param ours whether every row of a time, Unix milliseconds, must be of the run that is checked */
    OtherRuns(Machine machine, int intervalMillis, LongPredicate ours) {
        this.machine = machine;
        this.intervalMillis = intervalMillis;
        this.ours = ours;
    }

    /** Reads the runs of a machine, by the id that the database gave them. */
    static Map<Integer, Long> read(Connection connection, int machine) throws SQLException {
        Map<Integer, Long> runs = new HashMap<>();
        try (PreparedStatement statement =
                connection.prepareStatement("select run_id, run from run where machine_id = ?")) {
            statement.setInt(1, machine);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    runs.put(row.getInt(1), row.getLong(2));
                }
            }
        }
        return runs;
    }

    void know(Map<Integer, Long> known) {
        runs.putAll(known);
    }

    /** Whether another load run issued the sample of a row. */
    boolean issued(int runId, long sequence, long stampMillis) {
        Long run = runs.get(runId);
        boolean issued = run != null
                && sequence >= 1
                && !ours.test(stampMillis)
                && run == MachineRun.id(machine, stampMillis - (sequence - 1) * intervalMillis);
        if (issued) {
            genuine.add(runId);
            stamps.add(stampMillis);
        }
        return issued;
    }

    /** Whether a sample with this stamp was found to be of another load run. */
    boolean sampled(long stampMillis) {
        return stamps.contains(stampMillis);
    }

    /** Whether an event is of a run whose samples were found to be of another load run, or says itself when that began. */
    boolean told(int runId, long timeMillis) {
        Long run = runs.get(runId);
        return genuine.contains(runId)
                || (run != null && !ours.test(timeMillis) && run == MachineRun.id(machine, timeMillis));
    }
}
