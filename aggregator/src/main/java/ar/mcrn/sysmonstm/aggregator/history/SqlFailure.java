package ar.mcrn.sysmonstm.aggregator.history;

import java.sql.SQLException;

/**
 * What a failed transaction means for its batch. Only what is surely the fault of a row's values is held against the row;
 * everything else is tried again, for as long as it takes.
 */
public enum SqlFailure {
    /** The same batch again on the same connection: deadlock, serialization. */
    AGAIN,
    /** No partition holds one of the stamps. */
    PARTITION,
    /** A row's values are refused: halve until it stands alone. */
    DATA,
    /** Connection lost, disk full, shut down, outcome unknown: the same batch again on a new connection. */
    LOST;

    /** The "no partition of relation found for row" of PostgreSQL comes as a check violation. */
    private static final String CHECK_VIOLATION = "23514";

    private static final String UNIQUE_VIOLATION = "23505";

    /** What a trigger or function raises where it says nothing else. */
    static final String RAISED = "P0001";

    public static SqlFailure of(SQLException e) {
        String state = state(e);
        if (state.startsWith("40")) {
            return AGAIN;
        }
        if (state.equals(CHECK_VIOLATION)) {
            return PARTITION;
        }
        // Data exception, integrity violation, feature not supported, cardinality, program limit, raised by a trigger.
        return switch (state.length() < 2 ? "" : state.substring(0, 2)) {
            case "22", "23", "0A", "21", "54", "P0" -> DATA;
            default -> LOST;
        };
    }

    /** A row with that key is there already. */
    static boolean isConflict(SQLException e) {
        return state(e).equals(UNIQUE_VIOLATION);
    }

    private static String state(SQLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState();
            }
        }
        return "";
    }
}
