package ar.mcrn.sysmonstm.aggregator.tiers;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;

/** Whether raw rows are still whole: what is to be made anew from them must not be made from what is left of them. */
final class KeptRaw {
    private static final String LOCK =
            "lock table host_sample, disk_sample, nic_sample, fs_sample in access share mode";
    private static final String KEPT = """
        select ?::timestamptz >= greatest(raw.kept_from, state.horizon - interval '2 hours')
        from history_tier as raw cross join history_state as state
        where raw.tier = 'raw'\
        """;

    private KeptRaw() {}

    /**
     * Locks raw against dropping until the transaction ends, and then reads what is kept: who drops says so before, in a
     * transaction of its own.
     *
     * @return false where rows of this hour are gone or going
     */
    static boolean lock(Connection connection, Instant hour) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(LOCK);
        }
        try (PreparedStatement select = connection.prepareStatement(KEPT)) {
            Marks.set(select, 1, hour);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }
}
