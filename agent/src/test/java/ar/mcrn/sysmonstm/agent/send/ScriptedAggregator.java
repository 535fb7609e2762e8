package ar.mcrn.sysmonstm.agent.send;

import ar.mcrn.sysmonstm.v1.Ack;
import ar.mcrn.sysmonstm.v1.AgentMessage;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.Clock;
import ar.mcrn.sysmonstm.v1.Credit;
import ar.mcrn.sysmonstm.v1.Defer;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.IngestGrpc;
import ar.mcrn.sysmonstm.v1.Lane;
import ar.mcrn.sysmonstm.v1.Range;
import ar.mcrn.sysmonstm.v1.Reject;
import ar.mcrn.sysmonstm.v1.RejectReason;
import ar.mcrn.sysmonstm.v1.Sample;
import ar.mcrn.sysmonstm.v1.Samples;
import ar.mcrn.sysmonstm.v1.Welcome;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The aggregator's end of the stream over a real socket, which does what a test tells it: keeps every message, and answers when
 * asked. Acknowledges at once only after {@link #acknowledgeAll}. Safe for any thread.
 */
public final class ScriptedAggregator implements AutoCloseable {
    private final Server server;
    private final List<AgentMessage> received = new ArrayList<>();
    private final List<StreamObserver<AggregatorMessage>> streams = new ArrayList<>();
    private boolean acknowledge;
    private boolean silent;
    private long clockMicros = -1;
    private long agentSentMicros;
    private int streamsSeen;

    public ScriptedAggregator() throws IOException {
        this(0);
    }

    public ScriptedAggregator(int port) throws IOException {
        this(port, InsecureServerCredentials.create());
    }

    public ScriptedAggregator(int port, ServerCredentials credentials) throws IOException {
        server = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), credentials)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .addService(new Service())
                .build()
                .start();
    }

    private final class Service extends IngestGrpc.IngestImplBase {
        @Override
        public StreamObserver<AgentMessage> stream(StreamObserver<AggregatorMessage> out) {
            synchronized (ScriptedAggregator.this) {
                streams.add(out);
                streamsSeen++;
            }
            return new StreamObserver<>() {
                @Override
                public void onNext(AgentMessage message) {
                    take(out, message);
                }

                @Override
                public void onError(Throwable error) {
                    forget(out);
                }

                @Override
                public void onCompleted() {
                    if (forget(out)) {
                        out.onCompleted();
                    }
                }
            };
        }
    }

    private synchronized boolean forget(StreamObserver<AggregatorMessage> out) {
        notifyAll();
        return streams.remove(out);
    }

    private synchronized void take(StreamObserver<AggregatorMessage> out, AgentMessage message) {
        received.add(message);
        if (message.hasHello() && !silent) {
            agentSentMicros = message.getHello().getSentMicros();
            out.onNext(AggregatorMessage.newBuilder()
                    .setWelcome(Welcome.newBuilder().setClock(clock()).setVersion("scripted"))
                    .build());
        }
        if (message.hasSamples()) {
            agentSentMicros = message.getSamples().getSentMicros();
            if (acknowledge) {
                out.onNext(AggregatorMessage.newBuilder()
                        .setAck(Ack.newBuilder().setClock(clock()).addSamples(range(message.getSamples())))
                        .build());
            }
        }
        if (message.hasEvent() && acknowledge) {
            Event event = message.getEvent();
            out.onNext(AggregatorMessage.newBuilder()
                    .setAck(Ack.newBuilder()
                            .addEvents(Range.newBuilder()
                                    .setRun(event.getRun())
                                    .setFirst(event.getEventSequence())
                                    .setLast(event.getEventSequence())))
                    .build());
        }
        notifyAll();
    }

    private Clock clock() {
        long now = clockMicros >= 0 ? clockMicros : agentSentMicros;
        return Clock.newBuilder()
                .setAgentSentMicros(agentSentMicros)
                .setAggregatorReceivedMicros(now)
                .setAggregatorSentMicros(now)
                .build();
    }

    private static Range range(Samples samples) {
        return Range.newBuilder()
                .setRun(samples.getRun())
                .setFirst(samples.getSamples(0).getSequence())
                .setLast(samples.getSamples(samples.getSamplesCount() - 1).getSequence())
                .build();
    }

    public int port() {
        return server.getPort();
    }

    public synchronized void acknowledgeAll() {
        acknowledge = true;
    }

    /** Does not answer Hello. */
    public synchronized void stayMute() {
        silent = true;
    }

    /** What its clock says from now on, Unix microseconds. */
    public synchronized void setClock(long micros) {
        clockMicros = micros;
    }

    public void ack(long run, long first, long last) {
        send(AggregatorMessage.newBuilder()
                .setAck(Ack.newBuilder().setClock(lockedClock()).addSamples(range(run, first, last)))
                .build());
    }

    public void reject(RejectReason reason, long run, long first, long last) {
        send(AggregatorMessage.newBuilder()
                .setReject(Reject.newBuilder().setReason(reason).addSamples(range(run, first, last)))
                .build());
    }

    public void rejectMessage(long ordinal) {
        send(AggregatorMessage.newBuilder()
                .setReject(Reject.newBuilder()
                        .setReason(RejectReason.REJECT_REASON_UNPARSABLE)
                        .setMessageOrdinal(ordinal))
                .build());
    }

    public void defer(long run, long first, long last) {
        send(AggregatorMessage.newBuilder()
                .setDefer(Defer.newBuilder().addSamples(range(run, first, last)))
                .build());
    }

    /** A further Welcome. */
    public void welcome(long horizonMillis) {
        send(AggregatorMessage.newBuilder()
                .setWelcome(Welcome.newBuilder().setClock(lockedClock()).setAcceptHorizonMillis(horizonMillis))
                .build());
    }

    public void credit(int samples) {
        send(AggregatorMessage.newBuilder()
                .setCredit(Credit.newBuilder().setSamples(samples))
                .build());
    }

    private synchronized Clock lockedClock() {
        return clock();
    }

    private static Range range(long run, long first, long last) {
        return Range.newBuilder().setRun(run).setFirst(first).setLast(last).build();
    }

    /** Sends anything on the newest stream. */
    public synchronized void send(AggregatorMessage message) {
        streams.getLast().onNext(message);
    }

    /** Ends the newest stream. */
    public synchronized void endStream(Status status) {
        StreamObserver<AggregatorMessage> newest = streams.removeLast();
        newest.onError(status.asRuntimeException());
    }

    public synchronized int streamsSeen() {
        return streamsSeen;
    }

    /** Everything received on all streams, oldest first. */
    public synchronized List<AgentMessage> received() {
        return List.copyOf(received);
    }

    /** Sequences received on a lane, oldest first, copies included. */
    public synchronized List<Long> sequences(Lane lane) {
        return received.stream()
                .filter(AgentMessage::hasSamples)
                .map(AgentMessage::getSamples)
                .filter(samples -> samples.getLane() == lane)
                .flatMap(samples -> samples.getSamplesList().stream())
                .map(Sample::getSequence)
                .toList();
    }

    /** How many messages are of a kind. */
    public synchronized long count(Predicate<AgentMessage> kind) {
        return received.stream().filter(kind).count();
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
