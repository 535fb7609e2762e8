package ar.mcrn.sysmonstm.loadgen;

import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.Ack;
import ar.mcrn.sysmonstm.v1.AgentMessage;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.Defer;
import ar.mcrn.sysmonstm.v1.Goodbye;
import ar.mcrn.sysmonstm.v1.Hello;
import ar.mcrn.sysmonstm.v1.Lane;
import ar.mcrn.sysmonstm.v1.Range;
import ar.mcrn.sysmonstm.v1.Reject;
import ar.mcrn.sysmonstm.v1.RejectReason;
import ar.mcrn.sysmonstm.v1.Samples;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

/**
 * One simulated agent: takes a sample at every tick, sends it at once where it can, keeps it until its outcome is known
 * and sends it again where the contract of {@code ingest.proto} says so, and only there. Everything runs on the thread of
 * its event loop.
 *
 * <p>Connects again with full jitter, 0.5 s doubling to 30 s (M. Brooker, Exponential Backoff And Jitter, 2015). In the
 * end it sends what is left, says Goodbye, and is done when all outcomes are known or the time for draining is over.
 */
final class SimulatedAgent implements AgentStream.Listener {

    private static final long FIRST_BACKOFF_MILLIS = 500;
    private static final long LAST_BACKOFF_MILLIS = 30_000;
    /** At most about 600 bytes a sample: well below the 64 KiB that a message may have. */
    private static final int MESSAGE_SAMPLES = 64;

    private static final long QUIET_MILLIS = 1_000;
    /** The aggregator ends the stream within 5 s of Goodbye. */
    private static final long GOODBYE_MILLIS = 7_000;

    private final Machine machine;
    private final LoadPlan plan;
    private final AgentLoop loop;
    private final LoadCounters counters;
    private final SpoolNumbers spool;
    private final AgentEvents events;

    private AgentStream stream;
    private long sentNanos;
    private int attempts;
    private int credit;
    private boolean welcome;
    private boolean started;
    private boolean leaving;
    private boolean leavingSoon;
    private boolean drainOver;
    private boolean goodbye;
    private boolean done;

    SimulatedAgent(Machine machine, LoadPlan plan, AgentLoop loop, LoadCounters counters) {
        this.machine = machine;
        this.plan = plan;
        this.loop = loop;
        this.counters = counters;
        this.spool = new SpoolNumbers(plan.spool());
        this.events = new AgentEvents(machine.run());
    }

    Machine machine() {
        return machine;
    }

    /** What the oracle holds against the database; only after the agent is done. */
    DeliveryOracle.Obligation obligation() {
        return new DeliveryOracle.Obligation(machine, spool.issued(), spool.acknowledged());
    }

    /** The schedule reached this agent: takes the sample that was due. */
    void tick(int round) {
        if (round < machine.firstRound() || done) {
            return;
        }
        if (!started) {
            started = true;
            events.started(machine.firstMillis());
            connect();
        }
        spool.issue();
        counters.issued.increment();
        long dropped = spool.dropOldest();
        if (dropped > 0) {
            counters.dropped.increment();
            events.dropped(dropped, stamp(dropped));
        }
        flush();
    }

    /** No more ticks follow: sends what is left and leaves. */
    void leave() {
        leaving = true;
        if (!started) {
            finish();
            return;
        }
        loop.schedule(this::drainOver, plan.drain().toMillis());
        flush();
        leaveWhenNothingIsLeft();
    }

    private void drainOver() {
        drainOver = true;
        if (stream == null) {
            finish();
        } else {
            sayGoodbye();
        }
    }

    private void connect() {
        if (done) {
            return;
        }
        welcome = false;
        goodbye = false;
        credit = 0;
        counters.connections.increment();
        stream = loop.open(this);
        stream.send(AgentMessage.newBuilder()
                .setHello(Hello.newBuilder()
                        .setMachine(machine.name())
                        .setRun(machine.run())
                        .setRunStartMillis(machine.firstMillis())
                        .setVersion("loadgen")
                        .setProtocol(1)
                        .setCredential(plan.token())
                        .setInstall(machine.name())
                        .setIntervalMillis(plan.intervalMillis())
                        .setSentMicros(nowMicros()))
                .build());
        sendInventory();
    }

    private void sendInventory() {
        stream.send(AgentMessage.newBuilder()
                .setInventory(machine.signals().inventory(machine.firstMillis() - 3_600_000))
                .build());
    }

    /** Sends all that may go now: events, the live lane, and backfill as far as credit reaches. */
    private void flush() {
        if (stream == null || goodbye || !stream.isReady()) {
            return;
        }
        events.unsent(message -> stream.send(message));
        while (spool.unsentLive() > 0 && stream.isReady()) {
            send(Lane.LANE_LIVE, spool.unsentLive());
        }
        while (credit > 0 && spool.backlogSize() > 0 && stream.isReady()) {
            int count = Math.min(Math.min(credit, spool.backlogSize()), MESSAGE_SAMPLES);
            credit -= count;
            send(Lane.LANE_BACKFILL, count);
        }
        if (leaving) {
            leaveWhenNothingIsLeft();
        }
    }

    private void send(Lane lane, int count) {
        Samples.Builder samples = samples(lane);
        for (int i = 0; i < count; i++) {
            long number = lane == Lane.LANE_LIVE ? spool.sendLive() : spool.sendBackfill();
            if (spool.markSent(number)) {
                counters.sent.increment();
            }
            samples.addSamples(machine.signals().sample(number, stamp(number)));
        }
        (lane == Lane.LANE_LIVE ? counters.sentLive : counters.sentBackfill).add(count);
        send(samples);
    }

    private Samples.Builder samples(Lane lane) {
        return Samples.newBuilder()
                .setLane(lane)
                .setRun(machine.run())
                .setInventory(SignalModel.INVENTORY)
                .setSentMicros(nowMicros());
    }

    private void send(Samples.Builder samples) {
        AgentMessage message = AgentMessage.newBuilder().setSamples(samples).build();
        sentNanos = loop.nanos();
        counters.sentBytes.add(message.getSerializedSize());
        stream.send(message);
    }

    @Override
    public void onReady() {
        flush();
    }

    @Override
    public void onMessage(AggregatorMessage message) {
        switch (message.getMessageCase()) {
            case WELCOME -> welcomed();
            case ACK -> acknowledged(message.getAck());
            case REJECT -> rejected(message.getReject());
            case DEFER -> deferred(message.getDefer());
            case CREDIT -> {
                credit = Math.min(Limits.CREDIT, credit + message.getCredit().getSamples());
                flush();
            }
            case MESSAGE_NOT_SET -> counters.unexpected.increment();
        }
    }

    private void welcomed() {
        if (!welcome) {
            welcome = true;
            attempts = 0;
            counters.welcomed.increment();
            counters.connected.increment();
        }
        flush();
    }

    private void acknowledged(Ack ack) {
        long now = loop.nanos();
        for (Range range : ack.getSamplesList()) {
            counters.acknowledged.add(each(range, number -> {
                boolean news = spool.acknowledge(number);
                if (news) {
                    long micros = (now - loop.intendedNanos(machine, number)) / 1_000;
                    counters.ackMicros.recordValue(Math.clamp(micros, 0, LoadCounters.HIGHEST_MICROS));
                }
                return news;
            }));
        }
        ack.getEventsList().forEach(events::settled);
        leaveWhenNothingIsLeft();
    }

    private void rejected(Reject reject) {
        reject.getEventsList().forEach(events::settled);
        RejectReason reason = reject.getReason();
        if (reason == RejectReason.REJECT_REASON_UNPARSABLE) {
            counters.unparsable.increment();
            return;
        }
        if (reason == RejectReason.REJECT_REASON_INVENTORY && !goodbye) {
            sendInventory();
        }
        for (Range range : reject.getSamplesList()) {
            long samples = switch (reason) {
                case REJECT_REASON_INVENTORY -> sendAgain(range);
                case REJECT_REASON_NO_CREDIT -> each(range, spool::defer);
                default -> each(range, spool::refuse);
            };
            counters.rejected(reason, samples);
        }
        flush();
        leaveWhenNothingIsLeft();
    }

    /** The same samples on the same lane, now that their inventory is there. */
    private long sendAgain(Range range) {
        if (goodbye) {
            return each(range, spool::defer);
        }
        long sent = 0;
        for (Lane lane : new Lane[] {Lane.LANE_LIVE, Lane.LANE_BACKFILL}) {
            Samples.Builder samples = samples(lane);
            sent += each(range, number -> {
                boolean again = spool.isInFlight(number)
                        && spool.wentAsBackfill(number) == (lane == Lane.LANE_BACKFILL)
                        && samples.getSamplesCount() < MESSAGE_SAMPLES;
                if (again) {
                    samples.addSamples(machine.signals().sample(number, stamp(number)));
                }
                return again;
            });
            if (samples.getSamplesCount() > 0) {
                send(samples);
            }
        }
        return sent;
    }

    private void deferred(Defer defer) {
        for (Range range : defer.getSamplesList()) {
            counters.deferred.add(each(range, spool::defer));
        }
        flush();
    }

    /** Applies {@code outcome} to all numbers of a range of this run; returns for how many it was true. */
    private long each(Range range, LongPredicate outcome) {
        if (range.getRun() != machine.run()
                || range.getFirst() < 1
                || range.getFirst() > range.getLast()
                || range.getLast() > spool.issued()) {
            counters.unexpected.increment();
            return 0;
        }
        long count = 0;
        for (long number = range.getFirst(); number <= range.getLast(); number++) {
            if (outcome.test(number)) {
                count++;
            }
        }
        return count;
    }

    /** After Goodbye a refused inventory could not be answered any more: what was sent last has a second to be refused. */
    private void leaveWhenNothingIsLeft() {
        if (!leaving || goodbye || stream == null || !welcome || spool.unsentLive() > 0 || spool.backlogSize() > 0) {
            return;
        }
        long wait = spool.pending() == 0 ? 0 : QUIET_MILLIS - (loop.nanos() - sentNanos) / 1_000_000;
        if (wait <= 0) {
            sayGoodbye();
        } else if (!leavingSoon) {
            leavingSoon = true;
            loop.schedule(
                    () -> {
                        leavingSoon = false;
                        leaveWhenNothingIsLeft();
                    },
                    wait);
        }
    }

    private void sayGoodbye() {
        if (goodbye) {
            return;
        }
        goodbye = true;
        AgentStream left = stream;
        left.send(AgentMessage.newBuilder()
                .setGoodbye(Goodbye.newBuilder().setReason("end of load run"))
                .build());
        loop.schedule(() -> left.cancel("no end of stream after Goodbye"), GOODBYE_MILLIS);
    }

    @Override
    public void onEnd(Status status) {
        counters.ended.increment();
        if (welcome) {
            counters.connected.decrement();
        }
        if (!goodbye || !status.isOk()) {
            counters.lastEnd.set(
                    status.getCode() + (status.getDescription() == null ? "" : ": " + status.getDescription()));
        }
        stream = null;
        spool.streamEnded();
        events.streamEnded();
        if (status.getCode() == Status.Code.ALREADY_EXISTS) {
            counters.displaced.increment();
            finish();
        } else if (leaving && (drainOver || spool.pending() == 0)) {
            finish();
        } else {
            long most = Math.min(LAST_BACKOFF_MILLIS, FIRST_BACKOFF_MILLIS << Math.min(attempts, 10));
            attempts++;
            loop.schedule(this::connect, loop.random(most));
        }
    }

    private void finish() {
        if (!done) {
            done = true;
            loop.done();
        }
    }

    private long stamp(long number) {
        return machine.stampMillis(number, plan.intervalMillis());
    }

    private static long nowMicros() {
        return TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
    }
}
