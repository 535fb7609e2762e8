package ar.mcrn.sysmonstm.api.db;

import java.sql.SQLException;

/** The database cannot answer now: transient. The message is for the client. */
public final class DatabaseDown extends RuntimeException {
    /** State of what was broken off. */
    static final String TOO_LONG = "57014";

    private static final long serialVersionUID = 1;

    /** @param message what cannot be answered, and why */
    public DatabaseDown(String message, Throwable cause) {
        super(message, cause);
    }

    /** Says in words why a query failed. */
    static DatabaseDown of(SQLException cause) {
        String state = cause.getSQLState() == null ? "" : cause.getSQLState();
        if (state.equals(TOO_LONG)) {
            return new DatabaseDown("database: the answer took more than 5 s; ask for less", cause);
        }
        if (state.equals("42P01")) {
            return new DatabaseDown("database: the schema is not there yet", cause);
        }
        return new DatabaseDown("database cannot be reached", cause);
    }
}
