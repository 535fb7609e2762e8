package ar.mcrn.sysmonstm.aggregator.history;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

/** Sends rows to the database in the binary form of COPY. */
final class BinaryCopy {
    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };
    private static final byte[] TRAILER = {(byte) 0xff, (byte) 0xff};

    private final CopyManager manager;

    BinaryCopy(Connection connection) throws SQLException {
        manager = connection.unwrap(PGConnection.class).getCopyAPI();
    }

    /** Hands over rows. */
    interface Rows {
        void writeTo(CopyStream.Sink sink) throws SQLException;
    }

    /** Copies rows into the named columns of a table; returns how many went in. */
    long copy(String table, String columns, Rows rows) throws SQLException {
        CopyIn in = manager.copyIn("copy " + table + " (" + columns + ") from stdin (format binary)");
        try {
            in.writeToCopy(HEADER, 0, HEADER.length);
            rows.writeTo(in::writeToCopy);
            in.writeToCopy(TRAILER, 0, TRAILER.length);
            return in.endCopy();
        } finally {
            if (in.isActive()) {
                in.cancelCopy();
            }
        }
    }
}
