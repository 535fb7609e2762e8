package ar.mcrn.sysmonstm.loadgen;

import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.AgentMessage;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.Goodbye;
import ar.mcrn.sysmonstm.v1.Hello;
import ar.mcrn.sysmonstm.v1.Lane;
import ar.mcrn.sysmonstm.v1.Range;
import ar.mcrn.sysmonstm.v1.Samples;
import io.grpc.Status;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * One stream of a simulated agent, from Hello to its end: what it sends of the spool, and in which order. Live samples go at
 * once, those that wait against credit, each after the inventory it needs. Used on the thread of the agent's event loop.
 */
final class AgentSession implements AgentStream.Listener {

    /** Hears of a session; of an abandoned one nothing more. */
    interface Listener {
        void onReady();

        /** Welcome and credit have been applied to the session before. */
        void onMessage(AggregatorMessage message);

        void onEnd(Status status);
    }

    /** At most about 600 bytes a sample: well below the 64 KiB that a message may have. */
    static final int MESSAGE_SAMPLES = 64;

    private static final long HOUR_MILLIS = 3_600_000;

    private final Machine machine;
    private final AgentSpool spool;
    private final LoadPlan plan;
    private final AgentLoop loop;
    private final LoadCounters counters;
    private final long skewMillis;
    private final Listener listener;
    private final Set<Long> inventories = new HashSet<>();
    private AgentStream stream;
    private long sentNanos;
    private int credit;
    private boolean welcome;
    private boolean left;
    private boolean abandoned;

    AgentSession(
            Machine machine,
            AgentSpool spool,
            LoadPlan plan,
            AgentLoop loop,
            LoadCounters counters,
            long skewMillis,
            Listener listener) {
        this.machine = machine;
        this.spool = spool;
        this.plan = plan;
        this.loop = loop;
        this.counters = counters;
        this.skewMillis = skewMillis;
        this.listener = listener;
    }

    void open() {
        stream = loop.open(machine.index(), this);
        MachineRun run = spool.current().identity;
        stream.send(AgentMessage.newBuilder()
                .setHello(Hello.newBuilder()
                        .setMachine(machine.name())
                        .setRun(run.run())
                        .setRunStartMillis(run.firstMillis())
                        .setVersion("loadgen")
                        .setProtocol(1)
                        .setCredential(plan.token())
                        .setInstall(machine.name())
                        .setIntervalMillis(plan.intervalMillis())
                        .setSentMicros(nowMicros())
                        .setWaiting(spool.waiting()))
                .build());
        sendInventory(spool.current());
    }

    boolean isWelcome() {
        return welcome;
    }

    /** True after Goodbye. */
    boolean isLeft() {
        return left;
    }

    /** When samples were sent last, on the clock of the loop. */
    long sentNanos() {
        return sentNanos;
    }

    private void sendInventory(AgentRun run) {
        inventories.add(run.identity.run());
        stream.send(AgentMessage.newBuilder()
                .setInventory(run.identity.signals().inventory(run.identity.firstMillis() - HOUR_MILLIS))
                .build());
    }

    /** Sends all that may go now: events, the live lane, and backfill as far as credit reaches. */
    void flush(boolean leaving) {
        if (left || !stream.isReady()) {
            return;
        }
        spool.runs()
                .forEach(run -> run.events.unsent(
                        (number, event) -> spool.eventSent(run, number, event),
                        event -> stream.send(
                                AgentMessage.newBuilder().setEvent(event).build())));
        int least = leaving ? 1 : plan.behaviour().batch();
        while (spool.unsentLive() >= least && stream.isReady()) {
            int count = Math.min(spool.unsentLive(), MESSAGE_SAMPLES);
            send(spool.current(), Lane.LANE_LIVE, count, plan.behaviour().copies());
        }
        for (AgentRun run = spool.toBackfill();
                run != null && credit > 0 && stream.isReady();
                run = spool.toBackfill()) {
            int copies = Math.min(plan.behaviour().copies(), credit);
            int count = Math.min(Math.min(credit / copies, run.numbers.backlogSize()), MESSAGE_SAMPLES);
            credit -= count * copies;
            send(run, Lane.LANE_BACKFILL, count, copies);
        }
    }

    private void send(AgentRun run, Lane lane, int count, int copies) {
        if (!inventories.contains(run.identity.run())) {
            sendInventory(run);
        }
        boolean backfill = lane == Lane.LANE_BACKFILL;
        Samples.Builder samples = samples(run, lane);
        long first = 0;
        long last = 0;
        for (int i = 0; i < count; i++) {
            last = backfill ? run.numbers.sendBackfill() : run.numbers.sendLive();
            first = i == 0 ? last : first;
            if (run.numbers.markSent(last)) {
                counters.sent.increment();
            } else {
                counters.resent.increment();
            }
            samples.addSamples(run.identity.signals().sample(last, run.identity.stampMillis(last)));
        }
        if (backfill) {
            // Also numbers in between that did not go now: that more may be late does no harm.
            spool.backfilled(run, first, last);
        }
        (backfill ? counters.sentBackfill : counters.sentLive).add((long) count * copies);
        counters.resent.add((long) count * (copies - 1));
        for (int i = 1; i < copies; i++) {
            // Without a word of what waits, since with 0 the credit of the next copy would lapse.
            send(samples);
        }
        tellWaiting(samples);
        send(samples);
    }

    private void tellWaiting(Samples.Builder samples) {
        int waiting = spool.waiting();
        samples.setWaiting(waiting);
        if (waiting == 0) {
            credit = 0;
        }
    }

    /** The same samples on the same lane, now with their inventory; returns how many. */
    long sendAgain(AgentRun run, Range range) {
        sendInventory(run);
        long sent = 0;
        for (Lane lane : new Lane[] {Lane.LANE_LIVE, Lane.LANE_BACKFILL}) {
            Samples.Builder samples = samples(run, lane);
            for (long number = range.getFirst(); number <= range.getLast(); number++) {
                if (run.numbers.isInFlight(number)
                        && run.numbers.wentAsBackfill(number) == (lane == Lane.LANE_BACKFILL)) {
                    samples.addSamples(run.identity.signals().sample(number, run.identity.stampMillis(number)));
                    sent++;
                }
                boolean full = samples.getSamplesCount() == MESSAGE_SAMPLES;
                if (full || (number == range.getLast() && samples.getSamplesCount() > 0)) {
                    send(samples);
                    samples = samples(run, lane);
                }
            }
        }
        counters.resent.add(sent);
        return sent;
    }

    private Samples.Builder samples(AgentRun run, Lane lane) {
        return Samples.newBuilder()
                .setLane(lane)
                .setRun(run.identity.run())
                .setInventory(SignalModel.INVENTORY)
                .setSentMicros(nowMicros());
    }

    private void send(Samples.Builder samples) {
        AgentMessage message = AgentMessage.newBuilder().setSamples(samples).build();
        sentNanos = loop.nanos();
        counters.sentBytes.add(message.getSerializedSize());
        stream.send(message);
    }

    private long nowMicros() {
        return TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis() + skewMillis);
    }

    void sayGoodbye() {
        left = true;
        stream.send(AgentMessage.newBuilder()
                .setGoodbye(Goodbye.newBuilder().setReason("end of load run"))
                .build());
    }

    /** Ends the stream if it has not ended by itself. */
    void cancel() {
        stream.cancel("no end of stream after Goodbye");
    }

    /** The connection ends under the agent. */
    void cut() {
        stream.cancel("cut");
    }

    /** The agent is gone: the connection ends, and nobody hears of it. */
    void abandon() {
        abandoned = true;
        stream.cancel("killed");
    }

    @Override
    public void onReady() {
        if (!abandoned) {
            listener.onReady();
        }
    }

    @Override
    public void onMessage(AggregatorMessage message) {
        if (abandoned) {
            return;
        }
        if (message.hasWelcome() && !welcome) {
            welcome = true;
            counters.welcomed.increment();
            counters.connected.increment();
        }
        if (message.hasCredit()) {
            credit = Math.min(Limits.CREDIT, credit + message.getCredit().getSamples());
        }
        listener.onMessage(message);
    }

    @Override
    public void onEnd(Status status) {
        if (!abandoned) {
            listener.onEnd(status);
        }
    }
}
