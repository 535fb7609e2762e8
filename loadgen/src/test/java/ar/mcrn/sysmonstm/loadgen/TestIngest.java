package ar.mcrn.sysmonstm.loadgen;

import ar.mcrn.sysmonstm.v1.Ack;
import ar.mcrn.sysmonstm.v1.AgentMessage;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.Credit;
import ar.mcrn.sysmonstm.v1.Hello;
import ar.mcrn.sysmonstm.v1.IngestGrpc;
import ar.mcrn.sysmonstm.v1.Lane;
import ar.mcrn.sysmonstm.v1.Range;
import ar.mcrn.sysmonstm.v1.Sample;
import ar.mcrn.sysmonstm.v1.Samples;
import ar.mcrn.sysmonstm.v1.Welcome;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/**
 * The server's end of the stream over a real socket, with the answers that a test wants: it checks what every aggregator
 * may rely on (Hello first, ascending sequences, backfill within credit, the same bytes each time) and notes violations.
 */
final class TestIngest implements AutoCloseable {

    /** What a test answers to samples; everything else is answered as the contract says. */
    interface Answers {
        /** Called once per message with samples. */
        void samples(Stream stream, Samples samples);

        /** Credit given after Welcome. */
        default int credit() {
            return 64;
        }
    }

    final List<String> violations = new CopyOnWriteArrayList<>();
    final Map<String, Sample> received = new ConcurrentHashMap<>();
    final AtomicInteger streams = new AtomicInteger();
    final Set<Long> runs = ConcurrentHashMap.newKeySet();
    private final Server server;

    TestIngest(int port, Answers answers) throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .directExecutor()
                .addService(new IngestGrpc.IngestImplBase() {
                    @Override
                    public StreamObserver<AgentMessage> stream(StreamObserver<AggregatorMessage> out) {
                        streams.incrementAndGet();
                        return new Stream(answers, out);
                    }
                })
                .build()
                .start();
    }

    int port() {
        return server.getPort();
    }

    /** Acknowledges all samples of a message. */
    static AggregatorMessage ack(Samples samples) {
        Ack.Builder ack = Ack.newBuilder();
        samples.getSamplesList().forEach(sample -> ack.addSamples(range(samples, sample)));
        return AggregatorMessage.newBuilder().setAck(ack).build();
    }

    static Range range(Samples samples, Sample sample) {
        return Range.newBuilder()
                .setRun(samples.getRun())
                .setFirst(sample.getSequence())
                .setLast(sample.getSequence())
                .build();
    }

    @Override
    public void close() {
        server.shutdownNow();
        Awaitility.await("server stopped").until(server::isTerminated);
    }

    /** One stream. */
    final class Stream implements StreamObserver<AgentMessage> {
        private final Answers answers;
        private final StreamObserver<AggregatorMessage> out;
        private String machine = "";
        private int credit;
        private int inventories;

        Stream(Answers answers, StreamObserver<AggregatorMessage> out) {
            this.answers = answers;
            this.out = out;
        }

        String machine() {
            return machine;
        }

        int inventories() {
            return inventories;
        }

        synchronized void send(AggregatorMessage message) {
            out.onNext(message);
        }

        void credit(int samples) {
            credit += samples;
            send(AggregatorMessage.newBuilder()
                    .setCredit(Credit.newBuilder().setSamples(samples))
                    .build());
        }

        @Override
        public synchronized void onNext(AgentMessage message) {
            switch (message.getMessageCase()) {
                case HELLO -> hello(message.getHello());
                case INVENTORY -> inventories++;
                case SAMPLES -> {
                    check(message.getSamples());
                    answers.samples(this, message.getSamples());
                }
                case EVENT ->
                    send(AggregatorMessage.newBuilder()
                            .setAck(Ack.newBuilder()
                                    .addEvents(Range.newBuilder()
                                            .setRun(message.getEvent().getRun())
                                            .setFirst(message.getEvent().getEventSequence())
                                            .setLast(message.getEvent().getEventSequence())))
                            .build());
                case GOODBYE -> out.onCompleted();
                case MESSAGE_NOT_SET -> violations.add("empty message");
            }
        }

        private void hello(Hello hello) {
            if (!machine.isEmpty()) {
                violations.add("second Hello of " + machine);
            }
            machine = hello.getMachine();
            send(AggregatorMessage.newBuilder()
                    .setWelcome(Welcome.getDefaultInstance())
                    .build());
            credit(answers.credit());
        }

        private void check(Samples samples) {
            if (machine.isEmpty() || inventories == 0) {
                violations.add("samples before Hello or Inventory");
            }
            if (samples.getLane() == Lane.LANE_BACKFILL) {
                credit -= samples.getSamplesCount();
                if (credit < 0) {
                    violations.add("backfill beyond credit by " + -credit);
                }
            }
            runs.add(samples.getRun());
            long last = 0;
            for (Sample sample : samples.getSamplesList()) {
                if (sample.getSequence() <= last) {
                    violations.add("sequence " + sample.getSequence() + " after " + last);
                }
                last = sample.getSequence();
                Sample before = received.put(machine + "/" + samples.getRun() + "/" + last, sample);
                if (before != null && !before.equals(sample)) {
                    violations.add("sample " + machine + "/" + last + " changed");
                }
            }
        }

        @Override
        public void onError(Throwable ignored) {
            // The connection went away: what the agent does then is what the tests look at.
        }

        @Override
        public void onCompleted() {
            out.onCompleted();
        }
    }
}
