package ar.mcrn.sysmonstm.ops.systemtests.faults;

import ar.mcrn.sysmonstm.ops.runtime.testing.ByteMarshaller;
import ar.mcrn.sysmonstm.ops.systemtests.processes.RepositoryRoot;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.IngestGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Messages as stored when a version of the wire was new, sent as they are: only the stamps in them, which are of that day, and a
 * value that no machine has are replaced, each by one of the same length.
 */
public final class StoredWire {
    /** Run in all stored messages. */
    public static final long RUN = 0x1122334455667788L;
    /** Sequence of the stored sample. */
    public static final long SEQUENCE = 7;

    private static final Path VERSION_1 = Path.of("proto", "src", "test", "resources", "wire-v1.txt");
    private static final long STORED_MILLIS = 1_763_688_000_123L;
    private static final long STORED_START_MILLIS = 1_763_688_000_000L;
    /** A share of processor time that no machine has, where the stored bytes are about lengths and not about values. */
    private static final String STORED_SHARE = "808080808020";
    /** The same number of bytes for 25 %. */
    private static final String POSSIBLE_SHARE = "c49380808000";
    /** Field 15, a varint: none of version 1. */
    private static final byte[] LATER_FIELD = {0x78, 0x01};

    private static final MethodDescriptor<byte[], AggregatorMessage> METHOD = IngestGrpc.getStreamMethod().toBuilder(
                    ByteMarshaller.BYTES, IngestGrpc.getStreamMethod().getResponseMarshaller())
            .setFullMethodName("sysmonstm.v1.Ingest/Stream")
            .build();

    private final Map<String, byte[]> messages;

    private StoredWire(Map<String, byte[]> messages) {
        this.messages = messages;
    }

    /** Version 1. */
    public static StoredWire ofVersion1() throws IOException {
        Map<String, byte[]> messages = new LinkedHashMap<>();
        long now = System.currentTimeMillis();
        for (String line : Files.readAllLines(RepositoryRoot.find().path().resolve(VERSION_1))) {
            int blank = line.indexOf(' ');
            String hex = line.substring(blank + 1)
                    .strip()
                    .replace(varint(STORED_MILLIS), varint(now))
                    .replace(varint(STORED_START_MILLIS), varint(now))
                    .replace(STORED_SHARE, POSSIBLE_SHARE);
            messages.put(line.substring(0, blank), HexFormat.of().parseHex(hex));
        }
        return new StoredWire(messages);
    }

    private static String varint(long value) {
        StringBuilder hex = new StringBuilder();
        for (long rest = value; rest != 0; rest >>>= 7) {
            hex.append(HexFormat.of().toHexDigits((byte) ((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))));
        }
        return hex.toString();
    }

    /** Length of a message. */
    public int bytes(String name) {
        return messages.get(name).length;
    }

    /** Opens a stream to an aggregator on this machine. */
    public Stream connect(int port) {
        return new Stream(port);
    }

    /** One stream. For one thread. Closing cuts it. */
    public final class Stream implements AutoCloseable {
        private final LinkedBlockingQueue<AggregatorMessage> queue = new LinkedBlockingQueue<>();
        private final ManagedChannel channel;
        private final ClientCall<byte[], AggregatorMessage> call;
        private volatile Status end = Status.UNKNOWN;

        private Stream(int port) {
            channel = ManagedChannelBuilder.forAddress("127.0.0.1", port)
                    .usePlaintext()
                    .build();
            call = channel.newCall(METHOD, CallOptions.DEFAULT);
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onMessage(AggregatorMessage message) {
                            queue.add(message);
                        }

                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            end = status;
                        }
                    },
                    new Metadata());
            call.request(1_000);
        }

        /** Sends a stored message, with a field that no agent of that version knew. */
        public void send(String name) {
            byte[] stored = messages.get(name);
            byte[] sent = new byte[stored.length + LATER_FIELD.length];
            System.arraycopy(stored, 0, sent, 0, stored.length);
            System.arraycopy(LATER_FIELD, 0, sent, stored.length, LATER_FIELD.length);
            call.sendMessage(sent);
        }

        /**
         * All answers up to the first that fits.
         *
         * @throws IllegalStateException when it does not come in time
         */
        public List<AggregatorMessage> await(Predicate<AggregatorMessage> fits, Duration limit)
                throws InterruptedException {
            List<AggregatorMessage> heard = new ArrayList<>();
            long deadline = System.nanoTime() + limit.toNanos();
            while (heard.isEmpty() || !fits.test(heard.getLast())) {
                AggregatorMessage next = queue.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (next == null) {
                    throw new IllegalStateException("no answer that fits, stream: " + end + ", heard: " + heard);
                }
                heard.add(next);
            }
            return heard;
        }

        @Override
        public void close() {
            call.cancel("done", null);
            channel.shutdownNow();
        }
    }
}
