package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.faults.Sql;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;

/**
 * F7: somebody else locks the writer's tables in the other order, and is so patient about deadlocks that the writer's
 * transaction is always the one that PostgreSQL breaks off.
 */
final class DatabaseDeadlock implements FaultScenario {
    private static final int TIMES = 3;
    private static final String DEADLOCKS = "select deadlocks from pg_stat_database where datname = current_database()";
    private static final String WRITER_WAITS = """
            select count(*) from pg_locks l join pg_class c on c.oid = l.relation
            where c.relname like 'nic_sample%' and not l.granted
            """;

    @Override
    public String id() {
        return "F7/deadlock";
    }

    @Override
    public String fault() {
        return "PostgreSQL: 3 deadlocks in which the writer is the one broken off";
    }

    @Override
    public String expected() {
        return "drained in 20 s";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(Duration.ofSeconds(20), Duration.ofSeconds(20));
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException, SQLException {
        stage.startAggregator(Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        stage.atFault();
        long before = stage.sql().number(DEADLOCKS);
        int won = 0;
        try (Connection watching = stage.sql().connect()) {
            for (int time = 0; time < TIMES; time++) {
                stage.recovery().awaitCommit();
                won += collide(stage, watching) ? 1 : 0;
            }
        }
        long[] deadlocks = {0};
        stage.await("the deadlocks are counted", () -> {
            deadlocks[0] = stage.sql().number(DEADLOCKS) - before;
            return deadlocks[0] >= TIMES;
        });
        stage.evidence()
                .proof(won == TIMES, "%d deadlocks, in %d of them the other transaction went on", deadlocks[0], won);
        stage.recovery().awaitDrained(Duration.ofSeconds(20), 0);
    }

    private static boolean collide(FaultStage stage, Connection watching) throws SQLException {
        try (Connection connection = stage.sql().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set deadlock_timeout = '1min'");
            connection.setAutoCommit(false);
            statement.execute("lock table nic_sample in exclusive mode");
            stage.await("the writer waits for the other transaction", () -> Sql.number(watching, WRITER_WAITS) > 0);
            statement.execute("lock table host_sample in exclusive mode");
            connection.commit();
            return true;
        }
    }
}
