package ar.mcrn.sysmonstm.bench.peers;

import ar.mcrn.sysmonstm.loadgen.SimulatedMachine;
import ar.mcrn.sysmonstm.ops.runtime.testing.ByteMarshaller;
import ar.mcrn.sysmonstm.ops.runtime.testing.FreePorts;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** The plain Python server of {@code peer_server.py} with Redis and PostgreSQL: a connection and a stream for each host. */
final class PythonPeer implements Peer {
    private static final int AHEAD_MILLIS = 5_000;
    private static final int ANSWER_SECONDS = 30;
    private static final Duration SETTLED = Duration.ofMinutes(30);
    private static final Duration POLL = Duration.ofMillis(500);

    private final Plan plan;
    private final Stores stores;
    private final int port = FreePorts.next();
    private final ChildProcess server;
    private final List<ManagedChannel> channels = new ArrayList<>();
    private PacedFleet fleet;

    PythonPeer(Plan plan, Path folder) throws IOException {
        this.plan = plan;
        stores = new Stores(folder, plan.timescale());
        try (InputStream script =
                Objects.requireNonNull(PythonPeer.class.getResourceAsStream("peer_server.py"), "peer_server.py")) {
            Path file = folder.resolve("peer_server.py");
            Files.copy(script, file);
            server = ChildProcess.start(
                            "python",
                            folder,
                            Map.of(),
                            List.of(
                                    Installed.PYTHON,
                                    file.toString(),
                                    Integer.toString(port),
                                    "redis://127.0.0.1:" + stores.redisPort(),
                                    stores.database()))
                    .awaitPort(port);
        } catch (IOException | RuntimeException e) {
            stores.close();
            throw e;
        }
    }

    private static MethodDescriptor<byte[], byte[]> method(MethodDescriptor.MethodType type, String name) {
        return MethodDescriptor.newBuilder(ByteMarshaller.BYTES, ByteMarshaller.BYTES)
                .setType(type)
                .setFullMethodName("peer.Ingest/" + name)
                .build();
    }

    private ManagedChannel channel() {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        channels.add(channel);
        return channel;
    }

    @Override
    public Map<String, Long> processes() {
        Map<String, Long> processes = new LinkedHashMap<>();
        processes.put("python", server.pid());
        processes.put("redis", stores.redisPid());
        processes.put("postgresql", stores.postgresPid());
        return processes;
    }

    @Override
    public void begin() throws SQLException {
        stores.noteSize();
        HostValues values = new HostValues(plan.live());
        List<HostStream> streams = new ArrayList<>();
        for (SimulatedMachine machine : plan.machines(System.currentTimeMillis() + AHEAD_MILLIS)) {
            streams.add(new HostStream(
                    machine.phaseMillis(),
                    new KeyValueMessage(machine, values),
                    ClientCalls.blockingClientStreamingCall(
                            channel(),
                            method(MethodDescriptor.MethodType.CLIENT_STREAMING, "Stream"),
                            CallOptions.DEFAULT)));
        }
        fleet = new PacedFleet(streams, plan.samples(), AHEAD_MILLIS);
        fleet.start();
    }

    private record HostStream(int phaseMillis, KeyValueMessage message, BlockingClientCall<byte[], byte[]> call)
            implements PacedFleet.Sender {
        @Override
        public int hosts() {
            return 1;
        }

        @Override
        public void send(long sequence) throws Exception {
            if (!call.write(message.bytes(sequence))) {
                throw new IOException("the stream has ended");
            }
        }
    }

    /** Samples whose values it has committed. */
    @Override
    public long accepted() {
        byte[] answer = ClientCalls.blockingUnaryCall(
                channels.getFirst(),
                method(MethodDescriptor.MethodType.UNARY, "Stored"),
                CallOptions.DEFAULT.withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS),
                new byte[0]);
        return Long.parseLong(new String(answer, StandardCharsets.US_ASCII));
    }

    @Override
    public Outcome finish() throws Exception {
        fleet.finish();
        // What it has buffered: it is not stopped before that is stored, or it is said.
        Settling settling = new Settling(fleet.accepted());
        Awaitility.await("python has stored what it was sent")
                .atMost(SETTLED)
                .pollInterval(POLL)
                .until(() -> settling.isOver(accepted(), System.nanoTime()));
        Stores.Size size = stores.growth();
        String note = Stream.of(fleet.failures(), settling.note(), "PostgreSQL " + stores.version())
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining(", "));
        return new Outcome(fleet.due(), settling.stored(), settling.stored(), size.data(), size.indexes(), note);
    }

    @Override
    public void close() {
        if (fleet != null) {
            fleet.close();
        }
        channels.forEach(ManagedChannel::shutdownNow);
        server.close();
        stores.close();
    }
}
