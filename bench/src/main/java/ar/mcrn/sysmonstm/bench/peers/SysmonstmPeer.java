package ar.mcrn.sysmonstm.bench.peers;

import ar.mcrn.sysmonstm.aggregator.AggregatorApplication;
import ar.mcrn.sysmonstm.loadgen.LoadgenMain;
import ar.mcrn.sysmonstm.ops.runtime.testing.FreePorts;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Aggregator, Redis and PostgreSQL, under load by loadgen, all processes of their own. */
final class SysmonstmPeer implements Peer {
    private static final List<String> RAW = List.of("host_sample", "disk_sample", "nic_sample", "fs_sample");
    private static final Duration LOAD_ENDS = Duration.ofMinutes(3);

    private final Plan plan;
    private final Path folder;
    private final Stores stores;
    private final int grpc = FreePorts.next();
    private final int admin = FreePorts.next();
    private final ChildProcess aggregator;
    private ChildProcess loadgen;

    SysmonstmPeer(Plan plan, Path folder) throws Exception {
        this.plan = plan;
        this.folder = folder;
        stores = new Stores(folder, plan.timescale());
        try {
            aggregator = ChildProcess.java(
                            "aggregator",
                            folder,
                            Map.of(
                                    "AGGREGATOR_GRPC_PORT", Integer.toString(grpc),
                                    "AGGREGATOR_ADMIN_PORT", Integer.toString(admin),
                                    "TIMESCALE_URL", stores.database(),
                                    "REDIS_URL", "redis://127.0.0.1:" + stores.redisPort(),
                                    "LOG_LEVEL", "WARN"),
                            AggregatorApplication.class.getName(),
                            List.of("-Xms64m", "-Xmn32m", "-Xmx512m", "-Djedis.bufferSize.output=131072"),
                            List.of())
                    .awaitPort(grpc);
        } catch (Exception e) {
            stores.close();
            throw e;
        }
    }

    @Override
    public Map<String, Long> processes() {
        Map<String, Long> processes = new LinkedHashMap<>();
        processes.put("aggregator", aggregator.pid());
        processes.put("redis", stores.redisPid());
        processes.put("postgresql", stores.postgresPid());
        return processes;
    }

    @Override
    public void begin() throws Exception {
        stores.noteSize();
        loadgen = ChildProcess.java(
                "loadgen",
                folder,
                Map.of(),
                LoadgenMain.class.getName(),
                List.of("-Xmx2g"),
                List.of(
                        "--target",
                        "127.0.0.1:" + grpc,
                        "--agents",
                        Integer.toString(plan.hosts()),
                        "--duration",
                        plan.samples() + "s",
                        "--database",
                        stores.database(),
                        "--json",
                        "-"));
    }

    @Override
    public long accepted() throws Exception {
        return (long) LocalHttp.metric(
                LocalHttp.get(admin, "/metrics"),
                "sysmonstm_accounting_samples{service=\"aggregator\",term=\"stored\"}");
    }

    @Override
    public Outcome finish() throws Exception {
        int exit = loadgen.await(LOAD_ENDS.plusSeconds(plan.samples()));
        JsonNode report;
        String said = Files.readString(folder.resolve("loadgen.log"));
        try {
            report = new ObjectMapper().readTree(said.substring(said.indexOf("\n{") + 1));
        } catch (RuntimeException e) {
            throw new IllegalStateException("loadgen ended with " + exit + ": " + loadgen.lastLine(), e);
        }
        if (plan.timescale()) {
            for (String table : RAW) {
                stores.execute("select compress_chunk(c, true) from show_chunks('" + table + "') c");
            }
        }
        Stores.Size size = stores.growth();
        long stored = report.path("rowsStored").asLong();
        String note = exit == 0
                ? "lost " + report.path("lost").asText() + ", PostgreSQL " + stores.version()
                : report.path("finding").asText("loadgen ended with " + exit);
        return new Outcome(
                report.path("issued").asLong(),
                report.path("acknowledged").asLong(),
                stored,
                size.data(),
                size.indexes(),
                note);
    }

    @Override
    public void close() {
        if (loadgen != null) {
            loadgen.close();
        }
        aggregator.close();
        stores.close();
    }
}
