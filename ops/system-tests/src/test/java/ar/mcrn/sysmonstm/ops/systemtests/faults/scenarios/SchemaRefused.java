package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Part;
import ar.mcrn.sysmonstm.ops.systemtests.processes.ServiceProcess;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** F8: a schema that this version must not touch ends the start. No load: nothing was taken in. */
final class SchemaRefused implements FaultScenario {
    /** A JVM's own start, on a machine that is busy, and the 5 s that the aggregator has. */
    private static final Duration LIMIT = Duration.ofSeconds(8);

    private final String id;
    private final String fault;
    private final String statement;
    private final Map<String, String> environment;

    SchemaRefused(String id, String fault, String statement, Map<String, String> environment) {
        this.id = id;
        this.fault = fault;
        this.statement = statement;
        this.environment = environment;
    }

    /** A migration of a later version was applied. */
    static SchemaRefused newer() {
        return new SchemaRefused("F8/newer", "schema: of a newer version, aggregator started on it", """
                insert into flyway_schema_history
                    (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
                select max(installed_rank) + 1, '999', 'later', 'SQL', 'V999__later.sql', 1, current_user, 1, true
                from flyway_schema_history
                """, Map.of());
    }

    /** The mode recorded is not the one that is set. */
    static SchemaRefused otherMode() {
        return new SchemaRefused(
                "F8/mode",
                "schema: recorded mode timescale, HISTORY_MODE=plain",
                "update history_mode set mode = 'timescale'",
                Map.of("HISTORY_MODE", "plain"));
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String fault() {
        return fault;
    }

    @Override
    public String expected() {
        return "one clear line, exit code 1 in 5 s of its own (8 s with the JVM); no load";
    }

    @Override
    public int agents(int asked) {
        return 0;
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException, SQLException {
        stage.startAggregator(Map.of()).stop();
        stage.sql().execute(statement);
        long begin = System.nanoTime();
        ServiceProcess process = stage.deployment().start(Part.AGGREGATOR, environment);
        OptionalInt exit = process.awaitExit(LIMIT.multipliedBy(3));
        double seconds = FaultStage.seconds(begin);
        stage.evidence().proof(true, "schema changed by: %s", statement.strip().replaceAll("\\s+", " "));
        stage.evidence()
                .expect(
                        exit.orElse(-1) == 1 && seconds <= LIMIT.toSeconds(),
                        "exit code %d after %.1f s",
                        exit.orElse(-1),
                        seconds);
        if (exit.isPresent()) {
            List<String> said = process.errors().stream()
                    .filter(line -> !line.contains(" INFO ") && !line.contains(" WARN "))
                    .toList();
            stage.evidence().expect(said.size() == 1, "%s", String.join(" / ", said));
        }
    }
}
