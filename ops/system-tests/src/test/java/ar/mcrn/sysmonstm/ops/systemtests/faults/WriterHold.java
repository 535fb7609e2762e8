package ar.mcrn.sysmonstm.ops.systemtests.faults;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Brings the aggregator's writer to a place inside its transaction: a table that it is about to insert into is locked, its wait
 * is seen, and when the lock is given up it goes on to its commit. Whoever kills within the next milliseconds hits a random
 * point of what is left. One thread.
 */
public final class WriterHold {
    private static final List<String> TABLES = List.of("host_sample", "nic_sample");
    private static final String WAITS = """
            select count(*) from pg_locks l join pg_class c on c.oid = l.relation
            where not l.granted and (c.relname like 'host_sample%' or c.relname like 'nic_sample%')
            """;

    private final FaultStage stage;

    WriterHold(FaultStage stage) {
        this.stage = stage;
    }

    /**
     * Waits until the writer stands inside a transaction, and lets it go.
     *
     * @throws IllegalStateException when it never comes there
     */
    public void letGo() throws SQLException {
        String table = TABLES.get(stage.random().nextInt(TABLES.size()));
        try (Connection watching = stage.sql().connect();
                Connection connection = stage.sql().connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table " + table + " in exclusive mode");
            stage.await("the writer stands inside a transaction", () -> Sql.number(watching, WAITS) > 0);
            connection.rollback();
        }
    }
}
