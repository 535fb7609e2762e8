package ar.mcrn.sysmonstm.agent.send;

import ar.mcrn.sysmonstm.agent.clock.RunClock;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.Ack;
import ar.mcrn.sysmonstm.v1.AgentMessage;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.Clock;
import ar.mcrn.sysmonstm.v1.Credit;
import ar.mcrn.sysmonstm.v1.Defer;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.Goodbye;
import ar.mcrn.sysmonstm.v1.Hello;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Lane;
import ar.mcrn.sysmonstm.v1.Range;
import ar.mcrn.sysmonstm.v1.Reject;
import ar.mcrn.sysmonstm.v1.RejectReason;
import ar.mcrn.sysmonstm.v1.Sample;
import ar.mcrn.sysmonstm.v1.Samples;
import ar.mcrn.sysmonstm.v1.Welcome;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One stream to the aggregator, from Hello to its end. What is sent, in this order, as long as the transport is ready: new
 * samples of the live lane, events, waiting samples against credit. Guarded by the lock of its {@link Uplink}, which is also
 * held while gRPC calls in.
 */
final class IngestStream implements ClientResponseObserver<AgentMessage, AggregatorMessage> {
    /** Protocol of this agent. */
    static final int PROTOCOL = 1;

    /** Room in a message for what is around the samples. */
    static final int MESSAGE_ROOM = 4 * 1024;

    private static final int BACKFILL_BATCH = 64;
    /** Rejects for a missing inventory before the samples wait for backfill: an aggregator that never keeps it is not asked on. */
    private static final int INVENTORY_REJECTS = 8;

    private final Object lock;
    private final UplinkSettings settings;
    private final Spool spool;
    private final RunClock clock;
    private final UplinkListener listener;
    private final Ends ends;
    private final SentMessages messages = new SentMessages();
    private final SentInventories inventories = new SentInventories();
    private ClientCallStreamObserver<AgentMessage> out;
    private boolean greeted;
    private boolean welcomed;
    private boolean leaving;
    private boolean ended;
    private int inventoryRejects;
    private long credit;

    /** Hears of the stream's beginning and end; called once each at most, with the lock held. */
    interface Ends {
        void welcomed(Welcome welcome);

        /** The stream ended: as the aggregator wanted where there is no error. */
        void ended(Optional<Throwable> error);
    }

    IngestStream(
            Object lock, UplinkSettings settings, Spool spool, RunClock clock, UplinkListener listener, Ends ends) {
        this.lock = lock;
        this.settings = settings;
        this.spool = spool;
        this.clock = clock;
        this.listener = listener;
        this.ends = ends;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<AgentMessage> call) {
        synchronized (lock) {
            out = call;
            call.setOnReadyHandler(this::pump);
        }
    }

    /** Sends what there is to send, as far as the transport takes it. */
    void pump() {
        synchronized (lock) {
            if (ended || leaving || out == null || !out.isReady()) {
                return;
            }
            if (!greeted) {
                greeted = true;
                // Sent when the transport stands, so that the time of connecting does not spoil the clock's offset.
                hello();
            }
            while (out.isReady() && (sendLive() || sendEvents() || sendBackfill())) {
                // One message at a time: new samples come first each time.
            }
        }
    }

    private void hello() {
        messages.sent();
        out.onNext(AgentMessage.newBuilder()
                .setHello(Hello.newBuilder()
                        .setMachine(settings.machine().value())
                        .setRun(settings.run())
                        .setRunStartMillis(settings.runStartMillis())
                        .setVersion(settings.version())
                        .setProtocol(PROTOCOL)
                        .setCredential(settings.credential())
                        .setInstall(settings.install())
                        .setIntervalMillis((int) settings.interval().toMillis())
                        .setSentMicros(clock.machineMicros())
                        .setWaiting(spool.levels().waiting()))
                .build());
    }

    private boolean sendLive() {
        return send(Lane.LANE_LIVE, spool.takeLive(Spool.LIVE_SAMPLES, Limits.MESSAGE_BYTES - MESSAGE_ROOM));
    }

    private boolean sendBackfill() {
        if (credit <= 0 || !welcomed) {
            return false;
        }
        int most = (int) Math.min(credit, BACKFILL_BATCH);
        return send(Lane.LANE_BACKFILL, spool.takeBackfill(most, Limits.MESSAGE_BYTES - MESSAGE_ROOM));
    }

    private boolean send(Lane lane, List<SpoolRecord> taken) {
        if (taken.isEmpty()) {
            return false;
        }
        SpoolRecord first = taken.getFirst();
        List<SequenceRange> ranges = ranges(taken);
        Samples.Builder samples =
                Samples.newBuilder().setLane(lane).setRun(first.run()).setInventory(first.inventory());
        try {
            for (SpoolRecord sample : taken) {
                samples.addSamples(Sample.parseFrom(sample.sample()));
            }
        } catch (InvalidProtocolBufferException e) {
            lose(ranges, "kept sample cannot be read: " + e.getMessage());
            return true;
        }
        if (samples.build().getSerializedSize() > Limits.MESSAGE_BYTES - MESSAGE_ROOM / 2) {
            lose(ranges, "sample is larger than a message may be");
            return true;
        }
        if (inventories.needs(lane, first.run(), first.inventory())) {
            Optional<Inventory> inventory = spool.inventory(first.run(), first.inventory());
            if (inventory.isEmpty() && !spool.isReadable(first.run())) {
                ranges.forEach(spool::returnSent);
                return false;
            }
            if (inventory.isEmpty()) {
                lose(ranges, "inventory is no longer kept");
                return true;
            }
            messages.sent();
            out.onNext(AgentMessage.newBuilder().setInventory(inventory.get()).build());
        }
        messages.sent(lane, ranges);
        if (lane == Lane.LANE_BACKFILL) {
            credit -= taken.size();
        }
        int waiting = spool.levels().waiting();
        if (waiting == 0) {
            // It lapses at the aggregator too, which gives it to those who need it.
            credit = 0;
        }
        out.onNext(AgentMessage.newBuilder()
                .setSamples(samples.setSentMicros(clock.machineMicros()).setWaiting(waiting))
                .build());
        ranges.forEach(range -> listener.sent(lane, range));
        return true;
    }

    /** What was taken, as ranges: waiting samples may have holes between them that are under way or gone. */
    private static List<SequenceRange> ranges(List<SpoolRecord> taken) {
        List<SequenceRange> ranges = new ArrayList<>(1);
        for (SpoolRecord sample : taken) {
            SequenceRange last = ranges.isEmpty() ? null : ranges.getLast();
            if (last != null && last.last() + 1 == sample.sequence()) {
                ranges.set(ranges.size() - 1, new SequenceRange(last.run(), last.first(), sample.sequence()));
            } else {
                ranges.add(new SequenceRange(sample.run(), sample.sequence(), sample.sequence()));
            }
        }
        return ranges;
    }

    private void lose(List<SequenceRange> ranges, String detail) {
        for (SequenceRange range : ranges) {
            spool.settle(range);
            listener.lost(range, detail);
        }
    }

    private boolean sendEvents() {
        List<Event> events = spool.takeEvents(Limits.EVENTS);
        for (Event event : events) {
            messages.sent();
            out.onNext(AgentMessage.newBuilder().setEvent(event).build());
        }
        return !events.isEmpty();
    }

    /** Says goodbye after everything new; the aggregator ends the stream when all has its outcome. */
    void leave(String reason) {
        synchronized (lock) {
            pump();
            leaving = true;
            if (!ended && greeted) {
                messages.sent();
                out.onNext(AgentMessage.newBuilder()
                        .setGoodbye(Goodbye.newBuilder().setReason(reason))
                        .build());
                out.onCompleted();
            }
        }
    }

    /** Ends the stream at once. */
    void cancel(String reason) {
        synchronized (lock) {
            if (!ended && out != null) {
                out.cancel(reason, null);
            }
        }
    }

    boolean isWelcomed() {
        return welcomed;
    }

    @Override
    public void onNext(AggregatorMessage message) {
        synchronized (lock) {
            switch (message.getMessageCase()) {
                case WELCOME -> welcome(message.getWelcome());
                case ACK -> ack(message.getAck());
                case REJECT -> reject(message.getReject());
                case DEFER -> defer(message.getDefer());
                case CREDIT -> credit(message.getCredit());
                case MESSAGE_NOT_SET -> {
                    // Of a later protocol: what this agent does not know it does not need.
                }
            }
            pump();
        }
    }

    private void welcome(Welcome welcome) {
        observe(welcome.getClock());
        if (welcome.getAcceptHorizonMillis() > 0) {
            spool.acceptHorizon(Duration.ofMillis(welcome.getAcceptHorizonMillis()));
        }
        if (!welcomed) {
            welcomed = true;
            ends.welcomed(welcome);
        }
    }

    private void ack(Ack ack) {
        observe(ack.getClock());
        for (Range range : ack.getSamplesList()) {
            SequenceRange samples = range(range);
            listener.acknowledged(samples, spool.settle(samples));
        }
        ack.getEventsList().forEach(range -> spool.settleEvents(range(range)));
    }

    private void reject(Reject reject) {
        reject.getEventsList().forEach(range -> spool.settleEvents(range(range)));
        if (reject.getReason() == RejectReason.REJECT_REASON_UNPARSABLE && reject.getMessageOrdinal() > 0) {
            messages.samplesOf(reject.getMessageOrdinal()).ifPresent(sent -> unreadable(sent, reject.getDetail()));
        }
        for (Range range : reject.getSamplesList()) {
            SequenceRange samples = range(range);
            switch (reject.getReason()) {
                case REJECT_REASON_INVENTORY -> {
                    inventories.reset();
                    if (++inventoryRejects > INVENTORY_REJECTS) {
                        spool.defer(samples, true);
                    } else {
                        spool.returnSent(samples);
                    }
                }
                case REJECT_REASON_NO_CREDIT -> {
                    credit = 0;
                    spool.returnSent(samples);
                }
                case REJECT_REASON_UNSPECIFIED,
                        REJECT_REASON_INVALID_FIELD,
                        REJECT_REASON_CLOCK_AHEAD,
                        REJECT_REASON_TOO_OLD,
                        REJECT_REASON_TIME_COLLISION,
                        REJECT_REASON_DATABASE,
                        REJECT_REASON_UNPARSABLE,
                        REJECT_REASON_TOO_MANY_SERIES,
                        UNRECOGNIZED -> listener.rejected(reject.getReason(), samples, spool.settle(samples));
            }
        }
    }

    /** An aggregator cannot count what it could not read: the credit spent on it is spent on neither side. */
    private void unreadable(SentMessages.Sent sent, String detail) {
        if (sent.lane() == Lane.LANE_BACKFILL) {
            credit = Math.min(credit + sent.count(), Limits.CREDIT);
        }
        lose(sent.samples(), "aggregator could not read message " + detail);
    }

    /** Each Defer names what is new since the last one, so that it always means the copy that is under way. */
    private void defer(Defer defer) {
        observe(defer.getClock());
        for (Range range : defer.getSamplesList()) {
            SequenceRange samples = range(range);
            spool.defer(samples, true);
            listener.deferred(samples);
        }
    }

    private void credit(Credit given) {
        observe(given.getClock());
        credit = Math.min(credit + given.getSamples(), Limits.CREDIT);
    }

    private void observe(Clock echo) {
        clock.observe(echo).ifPresent(listener::clockStepped);
    }

    private static SequenceRange range(Range range) {
        return new SequenceRange(range.getRun(), range.getFirst(), range.getLast());
    }

    @Override
    public void onError(Throwable error) {
        end(Optional.of(error));
    }

    @Override
    public void onCompleted() {
        end(Optional.empty());
    }

    private void end(Optional<Throwable> error) {
        synchronized (lock) {
            if (!ended) {
                ended = true;
                spool.streamEnded();
                ends.ended(error);
            }
        }
    }
}
