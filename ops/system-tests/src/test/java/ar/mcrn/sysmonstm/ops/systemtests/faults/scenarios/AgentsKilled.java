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

/** F2: real agents are killed at random moments, half of the times while there is no aggregator: only their disk has the samples. */
final class AgentsKilled implements FaultScenario {
    private static final int AGENTS = 4;
    private static final int ROUNDS = 6;
    private static final Duration INTERVAL = Duration.ofMillis(250);

    @Override
    public String id() {
        return "F2/agents";
    }

    @Override
    public String fault() {
        return "4 real agents: 24 times kill -9, half of them without an aggregator";
    }

    @Override
    public String expected() {
        return "every sample up to each kill stored once, holes 0";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(Duration.ofSeconds(45), Duration.ofSeconds(75));
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
        }
        long onDisk = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            if (round == ROUNDS / 2) {
                stage.aggregator().kill9();
            }
            for (String name : names) {
                agents.start(name, Map.of());
            }
            for (String name : names) {
                agents.awaitSampling(name);
            }
            Thread.sleep(stage.random().nextInt(1_000));
            for (String name : names) {
                Thread.sleep(stage.random().nextInt(400));
                agents.kill(name);
                if (round >= ROUNDS / 2) {
                    onDisk = Math.min(onDisk, agents.spoolBytes(name));
                }
            }
        }
        stage.evidence()
                .proof(
                        onDisk > 0,
                        "%d kills, %d of them without an aggregator and at least %,d bytes on disk",
                        AGENTS * ROUNDS,
                        AGENTS * ROUNDS / 2,
                        onDisk);
        stage.restartAggregator();
        for (String name : names) {
            agents.start(name, Map.of());
        }
        RealAgents.Stored stored = agents.awaitWhole(Duration.ofSeconds(45));
        agents.expectWhole(stored);
        stage.evidence().expect(stored.runs() >= AGENTS * (ROUNDS + 1L), "%d runs stored", stored.runs());
        agents.stop();
        stage.recovery().awaitBack(Duration.ofSeconds(45));
    }
}
