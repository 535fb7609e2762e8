package ar.mcrn.sysmonstm.aggregator.retention;

import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.contract.HotState;
import ar.mcrn.sysmonstm.contract.MachineId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells hot state of machines that it has lost, or never had: after a start of the single process, or of a Redis that kept
 * nothing, a machine that is silent would else be shown by nobody and judged by no rule. Last seen is the end of its newest
 * row, of the newest hour once raw is gone, or else its first.
 */
final class KnownMachines implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(KnownMachines.class);
    /** Looking for a newest row goes through the partitions of raw. */
    private static final int AT_ONCE = 200;

    private static final String NAMES = """
            select name from machine
            where name is not null
              and not exists (select from machine_removal removal where removal.machine_id = machine.machine_id)
            """;
    private static final String LAST_SEEN = """
            select name, coalesce(
                (select time from host_sample where machine_id = machine.machine_id order by time desc limit 1),
                (select time + interval '1 hour' from coverage where machine_id = machine.machine_id order by time desc limit 1),
                first_seen)
            from machine where name = any (?)
            """;

    private final DataSource source;
    private final HotState hot;

    KnownMachines(DataSource source, HotState hot) {
        this.source = source;
        this.hot = hot;
    }

    @Override
    public void run() {
        try {
            restore();
        } catch (SQLException | BusException | RuntimeException e) {
            LOG.debug("machines were not compared with hot state, tried again: error={}", e.toString());
        }
    }

    /** The same, with its failures. */
    void restore() throws SQLException, BusException {
        try (Connection connection = source.getConnection()) {
            List<String> lost = lost(connection, hot.lastSeen().keySet());
            for (int from = 0; from < lost.size(); from += AT_ONCE) {
                hot.restore(lastSeen(connection, lost.subList(from, Math.min(lost.size(), from + AT_ONCE))));
            }
            if (!lost.isEmpty()) {
                LOG.info("machines restored from history: count={}", lost.size());
            }
        }
    }

    private static List<String> lost(Connection connection, Set<MachineId> known) throws SQLException {
        List<String> lost = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(NAMES)) {
            while (row.next()) {
                String name = row.getString(1);
                if (MachineId.isValid(name) && !known.contains(new MachineId(name))) {
                    lost.add(name);
                }
            }
        }
        return lost;
    }

    private static SortedMap<MachineId, Long> lastSeen(Connection connection, List<String> names) throws SQLException {
        SortedMap<MachineId, Long> seen = new TreeMap<>();
        try (PreparedStatement statement = connection.prepareStatement(LAST_SEEN)) {
            statement.setArray(1, connection.createArrayOf("text", names.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    seen.put(
                            new MachineId(row.getString(1)), row.getTimestamp(2).getTime());
                }
            }
        }
        return seen;
    }
}
