package ar.mcrn.sysmonstm.ops.systemtests.faults;

import ar.mcrn.sysmonstm.ops.systemtests.processes.Deployment;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Statements to the database of a deployment, as an operator would give them. */
public final class Sql {
    private final Deployment deployment;

    Sql(Deployment deployment) {
        this.deployment = deployment;
    }

    /** A connection of its own. */
    public Connection connect() throws SQLException {
        return deployment.postgres().dataSource(deployment.database()).getConnection();
    }

    /** Executes one statement by itself. */
    public void execute(String statement) throws SQLException {
        try (Connection connection = connect();
                Statement execution = connection.createStatement()) {
            execution.execute(statement);
        }
    }

    /** The number that a query of one row and column gives. */
    public long number(String query, Object... parameters) throws SQLException {
        try (Connection connection = connect()) {
            return number(connection, query, parameters);
        }
    }

    /** The same on a connection that is there. */
    public static long number(Connection connection, String query, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }
}
