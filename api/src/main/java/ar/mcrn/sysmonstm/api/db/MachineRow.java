package ar.mcrn.sysmonstm.api.db;

import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * A machine as the database knows it.
 *
 * @param id in the database
 * @param name machine id
 * @param firstSeen when its first sample was stored
 */
record MachineRow(int id, String name, Instant firstSeen) {

    static Optional<MachineRow> read(Handle handle, String name) {
        try (Query query = handle.createQuery("select machine_id, first_seen from machine where name = :name")) {
            return query.bind("name", name)
                    .map((row, context) -> new MachineRow(
                            row.getInt(1), name, row.getTimestamp(2).toInstant()))
                    .findOne();
        }
    }
}
