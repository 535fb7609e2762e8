package ar.mcrn.sysmonstm.bench.peers;

import ar.mcrn.sysmonstm.loadgen.SimulatedMachine;
import ar.mcrn.sysmonstm.ops.runtime.testing.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * VictoriaMetrics or Prometheus, taking remote write: one request of each host every second on a connection of its own, or
 * one of all hosts as a forwarding agent sends it.
 */
final class RemoteWritePeer implements Peer {
    private static final int AHEAD_MILLIS = 500;
    private static final Pattern SNAPSHOT = Pattern.compile("\"name\":\"([^\"]+)\"");

    private final Plan plan;
    private final boolean prometheus;
    private final boolean batched;
    private final Path folder;
    private final int port = FreePorts.next();
    private final ChildProcess server;
    private final List<WriteConnection> connections = new ArrayList<>();
    private PacedFleet fleet;

    private RemoteWritePeer(Plan plan, boolean prometheus, boolean batched, Path folder) throws IOException {
        this.plan = plan;
        this.prometheus = prometheus;
        this.batched = batched;
        this.folder = folder;
        this.server = prometheus ? prometheus() : victoriaMetrics();
    }

    static Peer victoriaMetrics(Plan plan, Path folder) throws IOException {
        return new RemoteWritePeer(plan, false, false, folder);
    }

    static Peer victoriaMetricsBatched(Plan plan, Path folder) throws IOException {
        return new RemoteWritePeer(plan, false, true, folder);
    }

    static Peer prometheus(Plan plan, Path folder) throws IOException {
        return new RemoteWritePeer(plan, true, false, folder);
    }

    private ChildProcess victoriaMetrics() throws IOException {
        return ChildProcess.start(
                        "victoria-metrics",
                        folder,
                        Map.of(),
                        List.of(
                                "victoria-metrics",
                                "-httpListenAddr=127.0.0.1:" + port,
                                "-storageDataPath=" + folder.resolve("data"),
                                "-loggerLevel=WARN"))
                .awaitPort(port);
    }

    private ChildProcess prometheus() throws IOException {
        Path configuration = Files.writeString(folder.resolve("prometheus.yml"), "global: {}\n");
        return ChildProcess.start(
                        "prometheus",
                        folder,
                        Map.of(),
                        List.of(
                                "prometheus",
                                "--config.file=" + configuration,
                                "--storage.tsdb.path=" + folder.resolve("data"),
                                "--web.listen-address=127.0.0.1:" + port,
                                receiver(Installed.version("prometheus")),
                                "--web.enable-admin-api",
                                "--log.level=warn"))
                .awaitPort(port);
    }

    /** The option of this version: a feature flag from 2.25 on, an option of its own from 2.33 on. */
    static String receiver(String version) {
        String[] parts = version.split("\\D+", -1);
        boolean old = parts.length > 1 && Integer.parseInt(parts[0]) == 2 && Integer.parseInt(parts[1]) < 33;
        return old ? "--enable-feature=remote-write-receiver" : "--web.enable-remote-write-receiver";
    }

    @Override
    public Map<String, Long> processes() {
        return Map.of("server", server.pid());
    }

    @Override
    public void begin() throws IOException {
        HostValues values = new HostValues(plan.live());
        List<SimulatedMachine> machines = plan.machines(System.currentTimeMillis() + AHEAD_MILLIS);
        List<RemoteWrite> all = new ArrayList<>();
        List<Post> posts = new ArrayList<>();
        for (SimulatedMachine machine : machines) {
            RemoteWrite one = new RemoteWrite(machine, values);
            all.add(one);
            if (!batched) {
                posts.add(post(machine.phaseMillis(), List.of(one)));
            }
        }
        if (batched) {
            // When the last host of the second has been heard.
            posts.add(post(Plan.INTERVAL_MILLIS, all));
        }
        fleet = new PacedFleet(posts, plan.samples(), AHEAD_MILLIS);
        fleet.start();
    }

    private Post post(int phaseMillis, List<RemoteWrite> machines) {
        WriteConnection connection = new WriteConnection(port);
        connections.add(connection);
        return new Post(phaseMillis, machines, connection);
    }

    private record Post(int phaseMillis, List<RemoteWrite> machines, WriteConnection connection)
            implements PacedFleet.Sender {
        @Override
        public int hosts() {
            return machines.size();
        }

        @Override
        public void send(long sequence) throws IOException {
            connection.post(RemoteWrite.request(machines, sequence).body());
        }
    }

    @Override
    public long accepted() {
        return fleet.accepted();
    }

    @Override
    public Outcome finish() throws Exception {
        fleet.finish();
        connections.forEach(WriteConnection::close);
        long accepted = fleet.accepted();
        Path data;
        String chunks;
        if (prometheus) {
            Matcher name = SNAPSHOT.matcher(LocalHttp.post(port, "/api/v1/admin/tsdb/snapshot"));
            if (!name.find()) {
                throw new IOException("prometheus made no snapshot");
            }
            data = folder.resolve("data").resolve("snapshots").resolve(name.group(1));
            chunks = "/chunks/";
        } else {
            LocalHttp.get(port, "/internal/force_flush");
            LocalHttp.get(port, "/internal/force_merge");
            Awaitility.await("victoria-metrics has merged")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> LocalHttp.metric(LocalHttp.get(port, "/metrics"), "vm_active_force_merges") == 0);
            data = folder.resolve("data");
            chunks = "/data/data/";
        }
        long ofChunks = bytes(data, chunks);
        return new Outcome(fleet.due(), accepted, accepted, ofChunks, bytes(data, "/") - ofChunks, fleet.failures());
    }

    private static long bytes(Path folder, String in) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains(in))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    @Override
    public void close() {
        if (fleet != null) {
            fleet.close();
        }
        connections.forEach(WriteConnection::close);
        server.close();
    }
}
