package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.faults.RealAgents;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** F19: a hundred lives of real agents; what they count never jumps from one to the next. */
final class AgentsRestarted implements FaultScenario {
    private static final int AGENTS = 5;
    private static final int ROUNDS = 20;
    private static final Duration INTERVAL = Duration.ofMillis(500);
    /** No disk or interface of today moves more in a second. */
    private static final String JUMPS = """
            select count(*) from host_sample s join machine m using (machine_id)
            where m.name like 'real-%' and (s.duration_millis > ?
                or greatest(s.disk_read_bytes, s.disk_write_bytes, s.network_receive_bytes, s.network_transmit_bytes)::float8
                   * 1000 / s.duration_millis > 100e9
                or least(s.disk_read_bytes, s.disk_write_bytes, s.network_receive_bytes, s.network_transmit_bytes) < 0)
            """;

    @Override
    public String id() {
        return "F19";
    }

    @Override
    public String fault() {
        return "5 real agents: 100 times kill -9 and start";
    }

    @Override
    public String expected() {
        return "100 further runs, every sample up to each kill stored once, holes 0, no rate jumps, no interval covers a gap";
    }

    @Override
    public Duration shortest() {
        return Duration.ofSeconds(90);
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException, SQLException {
        stage.startAggregator(Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        stage.atFault();
        RealAgents agents =
                stage.closing(new RealAgents(stage, stage.aggregator().port("grpc"), INTERVAL));
        List<String> names = new ArrayList<>();
        for (int i = 0; i < AGENTS; i++) {
            names.add("agent-" + i);
            agents.start(names.getLast(), Map.of());
        }
        int kills = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (String name : names) {
                agents.awaitSampling(name);
            }
            Thread.sleep(stage.random().nextInt(700));
            for (String name : names) {
                agents.kill(name);
                kills++;
                agents.start(name, Map.of());
            }
        }
        stage.evidence().proof(kills == AGENTS * ROUNDS, "%d kills, as many new processes", kills);
        RealAgents.Stored stored = agents.awaitWhole(Duration.ofSeconds(45));
        agents.expectWhole(stored);
        long jumps = stage.sql().number(JUMPS, 2 * INTERVAL.toMillis() + 2_000);
        stage.evidence()
                .expect(
                        jumps == 0 && stored.runs() >= kills,
                        "%d runs stored, %d samples that jump or cover a gap",
                        stored.runs(),
                        jumps);
        agents.stop();
    }
}
