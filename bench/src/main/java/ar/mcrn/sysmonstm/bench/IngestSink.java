package ar.mcrn.sysmonstm.bench;

import ar.mcrn.sysmonstm.v1.Ack;
import ar.mcrn.sysmonstm.v1.AgentMessage;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.Clock;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.IngestGrpc;
import ar.mcrn.sysmonstm.v1.Range;
import ar.mcrn.sysmonstm.v1.Samples;
import ar.mcrn.sysmonstm.v1.Welcome;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The aggregator's end of the ingest stream, over a real socket: greets, acknowledges every sample and event as the
 * aggregator does ({@link GatheredAcks}), and keeps nothing. Safe for any thread.
 */
final class IngestSink implements AutoCloseable {
    private final Server server;
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final AtomicLong samples = new AtomicLong();
    private volatile long firstNanos;

    IngestSink() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .addService(new Service())
                .build()
                .start();
    }

    int port() {
        return server.getPort();
    }

    long samples() {
        return samples.get();
    }

    /**
     * Waits for the first sample.
     *
     * @return when it came, as {@link System#nanoTime}
     * @throws IOException if there is none within 30 s
     */
    long awaitFirst() throws IOException, InterruptedException {
        if (!arrived.await(30, TimeUnit.SECONDS)) {
            throw new IOException("no sample from the agent within 30 s");
        }
        return firstNanos;
    }

    private void take(StreamObserver<AggregatorMessage> out, GatheredAcks acks, AgentMessage message) {
        if (message.hasHello()) {
            out.onNext(AggregatorMessage.newBuilder()
                    .setWelcome(Welcome.newBuilder()
                            .setClock(clock(message.getHello().getSentMicros()))
                            .setVersion("bench"))
                    .build());
        } else if (message.hasSamples()) {
            Samples several = message.getSamples();
            if (arrived.getCount() > 0) {
                firstNanos = System.nanoTime();
                arrived.countDown();
            }
            samples.addAndGet(several.getSamplesCount());
            long first = several.getSamples(0).getSequence();
            long last = several.getSamples(several.getSamplesCount() - 1).getSequence();
            tell(
                    out,
                    acks.samples(
                            range(several.getRun(), first, last), clock(several.getSentMicros()), System.nanoTime()));
        } else if (message.hasEvent()) {
            Event event = message.getEvent();
            tell(
                    out,
                    acks.event(
                            range(event.getRun(), event.getEventSequence(), event.getEventSequence()),
                            System.nanoTime()));
        } else if (message.hasGoodbye()) {
            tell(out, acks.rest());
        }
    }

    private static void tell(StreamObserver<AggregatorMessage> out, Optional<Ack> ack) {
        ack.ifPresent(
                each -> out.onNext(AggregatorMessage.newBuilder().setAck(each).build()));
    }

    private static Clock clock(long sentMicros) {
        return Clock.newBuilder()
                .setAgentSentMicros(sentMicros)
                .setAggregatorReceivedMicros(sentMicros)
                .setAggregatorSentMicros(sentMicros)
                .build();
    }

    private static Range range(long run, long first, long last) {
        return Range.newBuilder().setRun(run).setFirst(first).setLast(last).build();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private final class Service extends IngestGrpc.IngestImplBase {
        @Override
        public StreamObserver<AgentMessage> stream(StreamObserver<AggregatorMessage> out) {
            GatheredAcks acks = new GatheredAcks();
            return new StreamObserver<>() {
                @Override
                public void onNext(AgentMessage message) {
                    take(out, acks, message);
                }

                @Override
                public void onError(Throwable ignored) {
                    // The agent was stopped.
                }

                @Override
                public void onCompleted() {
                    out.onCompleted();
                }
            };
        }
    }
}
