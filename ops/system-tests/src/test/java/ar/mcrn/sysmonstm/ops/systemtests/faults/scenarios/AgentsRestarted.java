package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.faults.KernelBytes;
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
    /** Agents that together say they saw more than the machine did in that time, or less than nothing. */
    private static final String JUMPS = """
            select count(*) from (
                select sum(disk_read_bytes) as r, sum(disk_write_bytes) as w, sum(network_receive_bytes) as i,
                    sum(network_transmit_bytes) as o,
                    min(least(disk_read_bytes, disk_write_bytes, network_receive_bytes, network_transmit_bytes)) as least
                from host_sample join machine using (machine_id) where name like 'real-%' group by machine_id) as machine
            where least < 0 or r > ? or w > ? or i > ? or o > ?
            """;
    /** Least time from the end of one interval to the begin of the next, within runs, or from one run to the next. */
    private static final String LEAST_GAP = """
            select floor(coalesce(min(gap_millis), 0)) from (
                select sequence, extract(epoch from time - lag(time) over (partition by machine_id order by time)) * 1000
                    - duration_millis as gap_millis
                from host_sample join machine using (machine_id) where name like 'real-%%') as sample
            where %s
            """;
    /** A stamp is given when its reading is done, which on a busy machine is some time after the interval's end. */
    private static final long OVERLAP_MILLIS = INTERVAL.toMillis() / 2;
    /** No JVM starts and samples sooner. */
    private static final long START_MILLIS = 200;

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
        return "100 further runs, every sample up to each kill stored once, holes 0; the bytes of all samples are no more than the kernel's over all lives, no interval covers the time without a process, or more than 250 ms of another";
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
        KernelBytes before = KernelBytes.now();
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
        KernelBytes most = KernelBytes.now().since(before);
        long jumps = stage.sql()
                .number(JUMPS, most.diskRead(), most.diskWrite(), most.networkReceive(), most.networkTransmit());
        long overlap = -stage.sql().number(LEAST_GAP.formatted("sequence > 1"));
        long between = stage.sql().number(LEAST_GAP.formatted("sequence = 1"));
        stage.evidence().figure("overlapMillis", overlap);
        stage.evidence().figure("betweenRunsMillis", between);
        stage.evidence()
                .expect(
                        jumps == 0 && stored.runs() >= kills,
                        "%d runs stored; %d agents count more than the kernel's %,d kB",
                        stored.runs(),
                        jumps,
                        (most.diskRead() + most.diskWrite() + most.networkReceive() + most.networkTransmit()) / 1_000);
        stage.evidence()
                .expect(
                        overlap <= OVERLAP_MILLIS && between >= START_MILLIS,
                        "intervals of a run overlap by at most %d ms, the first of a run begins %d ms or more after the last"
                                + " of the one before",
                        overlap,
                        between);
        agents.stop();
    }
}
