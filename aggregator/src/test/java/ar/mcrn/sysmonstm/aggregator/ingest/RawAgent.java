package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.ops.runtime.testing.ByteMarshaller;
import ar.mcrn.sysmonstm.v1.AgentMessage;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.Hello;
import ar.mcrn.sysmonstm.v1.IngestGrpc;
import ar.mcrn.sysmonstm.v1.Range;
import ar.mcrn.sysmonstm.v1.Samples;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** A client of the gRPC port that sends whatever bytes a test likes, on a connection of its own. */
public final class RawAgent implements AutoCloseable {
    private static final MethodDescriptor<byte[], AggregatorMessage> METHOD = IngestGrpc.getStreamMethod().toBuilder(
                    ByteMarshaller.BYTES, IngestGrpc.getStreamMethod().getResponseMarshaller())
            .build();

    private final ManagedChannel channel;
    private final ClientCall<byte[], AggregatorMessage> call;
    private final List<AggregatorMessage> received = new CopyOnWriteArrayList<>();
    private volatile Status status;
    private boolean reading = true;
    private int unread;
    private volatile Metadata trailers = new Metadata();

    public RawAgent(int port) {
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        call = channel.newCall(METHOD, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(AggregatorMessage message) {
                        received.add(message);
                        read();
                    }

                    @Override
                    public void onClose(Status closed, Metadata metadata) {
                        trailers = metadata;
                        status = closed;
                    }
                },
                new Metadata());
        call.request(1);
    }

    private synchronized void read() {
        if (reading) {
            call.request(1);
        } else {
            unread++;
        }
    }

    /** Whether it goes on reading what it is told. */
    public synchronized void setReading(boolean now) {
        reading = now;
        if (reading && unread > 0) {
            call.request(unread);
            unread = 0;
        }
    }

    /** A Hello of protocol 1. */
    public static Hello.Builder hello(String machine, long run, long runStartMillis) {
        return Hello.newBuilder()
                .setMachine(machine)
                .setRun(run)
                .setRunStartMillis(runStartMillis)
                .setProtocol(1)
                .setIntervalMillis(1000)
                .setSentMicros(1);
    }

    /** Says Hello and sends inventory 1. */
    public RawAgent greet(String machine, long run) {
        send(AgentMessage.newBuilder().setHello(hello(machine, run, run)).build());
        send(AgentMessage.newBuilder()
                .setInventory(RandomSamples.inventory(run, 1))
                .build());
        return this;
    }

    public void send(byte[] bytes) {
        call.sendMessage(bytes);
    }

    public void send(AgentMessage message) {
        send(message.toByteArray());
    }

    public void send(Samples samples) {
        send(AgentMessage.newBuilder().setSamples(samples).build());
    }

    public void halfClose() {
        call.halfClose();
    }

    public List<AggregatorMessage> received() {
        return received;
    }

    /** Status the stream ended with; null while it lives. */
    public Status status() {
        return status;
    }

    public Metadata trailers() {
        return trailers;
    }

    /** Ranges of samples acknowledged, deferred and rejected, one entry for each time one was named. */
    public List<Range> outcomes() {
        return received.stream()
                .flatMap(message -> switch (message.getMessageCase()) {
                    case ACK -> message.getAck().getSamplesList().stream();
                    case DEFER -> message.getDefer().getSamplesList().stream();
                    case REJECT -> message.getReject().getSamplesList().stream();
                    case WELCOME, CREDIT, MESSAGE_NOT_SET -> Stream.<Range>empty();
                })
                .toList();
    }

    /** Backfill samples permitted so far. */
    public long credit() {
        return received.stream()
                .filter(AggregatorMessage::hasCredit)
                .mapToLong(message -> message.getCredit().getSamples())
                .sum();
    }

    public long acknowledged() {
        return count(received.stream()
                .filter(AggregatorMessage::hasAck)
                .flatMap(m -> m.getAck().getSamplesList().stream())
                .toList());
    }

    public long deferred() {
        return count(received.stream()
                .filter(AggregatorMessage::hasDefer)
                .flatMap(m -> m.getDefer().getSamplesList().stream())
                .toList());
    }

    public long rejected() {
        return count(received.stream()
                .filter(AggregatorMessage::hasReject)
                .flatMap(m -> m.getReject().getSamplesList().stream())
                .toList());
    }

    private static long count(List<Range> ranges) {
        return ranges.stream()
                .flatMapToLong(range -> LongStream.of(range.getLast() - range.getFirst() + 1))
                .sum();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
