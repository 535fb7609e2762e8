package ar.mcrn.sysmonstm.loadgen;

import ar.mcrn.sysmonstm.v1.Ack;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.Defer;
import ar.mcrn.sysmonstm.v1.Range;
import ar.mcrn.sysmonstm.v1.Reject;
import ar.mcrn.sysmonstm.v1.RejectReason;
import io.grpc.Status;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongBiFunction;
import java.util.function.ToLongFunction;

/**
 * One simulated agent: takes a sample at every tick, sends it at once where it can, keeps it until its outcome is known
 * and sends it again where the contract of {@code ingest.proto} says so, and only there. Everything runs on the thread of
 * its event loop.
 *
 * <p>Connects again as the agent does: with full jitter up to the age of the outage, 0.5 s to 30 s. Where it is to be restarted, its stream ends without Goodbye and it is away for a while; then a new run begins, which sends what
 * the old ones left. In the end it sends what is left, says Goodbye, and is done when all outcomes are known or the time
 * for draining is over.
 */
final class SimulatedAgent implements AgentSession.Listener {

    private static final long FIRST_BACKOFF_MILLIS = 500;
    private static final long LAST_BACKOFF_MILLIS = 30_000;
    /** A connection that stood for this long ends an outage. */
    private static final long STABLE_NANOS = 5_000_000_000L;

    private static final long QUIET_MILLIS = 1_000;
    /** The aggregator ends the stream within 5 s of Goodbye. */
    private static final long GOODBYE_MILLIS = 7_000;
    /** A killed agent is away for this long. */
    private static final long AWAY_MILLIS = 1_500;

    private final Machine machine;
    private final LoadPlan plan;
    private final AgentLoop loop;
    private final LoadCounters counters;
    private final AgentSpool spool;
    private final Set<Integer> restarts;
    private final long skewMillis;
    private final int firstRound;
    private final int endRound;

    private AgentSession session;
    private boolean unreachable;
    private long unreachableNanos;
    private long welcomeNanos;
    private int away;
    private int reportedWaiting;
    private boolean leaving;
    private boolean leavingSoon;
    private boolean drainOver;
    private boolean done;

    /** @param restarts rounds in which it is killed */
    SimulatedAgent(
            Machine machine,
            LoadPlan plan,
            AgentLoop loop,
            LoadCounters counters,
            ObligationLog log,
            Set<Integer> restarts) {
        this.machine = machine;
        this.plan = plan;
        this.loop = loop;
        this.counters = counters;
        this.restarts = restarts;
        this.skewMillis = machine.skewMillis(plan.behaviour().clockSkew().toMillis());
        if (machine.index() < plan.agents()) {
            int rampRounds = Math.max(1, (int) (plan.ramp().toMillis() / plan.intervalMillis()));
            this.firstRound = (int) ((long) machine.index() * rampRounds / plan.agents());
            this.endRound = plan.rounds();
        } else {
            this.firstRound = plan.phases().spikeBegins(plan.intervalMillis());
            this.endRound = plan.phases().spikeEnds(plan.intervalMillis());
        }
        boolean late = plan.behaviour().isLate(machine);
        long recalled = late ? plan.behaviour().late().toMillis() / plan.intervalMillis() - 1 : 0;
        this.spool = new AgentSpool(
                (int) Math.min(Integer.MAX_VALUE, plan.spool() + recalled),
                Math.max(SpoolNumbers.LIVE, plan.behaviour().batch()),
                log);
        if (late) {
            long first = stamp(firstRound) - plan.behaviour().late().toMillis();
            spool.recall(MachineRun.of(machine, first, plan.intervalMillis()), recalled);
            counters.issued.add(recalled);
        }
    }

    Machine machine() {
        return machine;
    }

    int phaseMillis() {
        return plan.phases().aligned() ? 0 : machine.phaseMillis(plan.intervalMillis());
    }

    /** What the oracle holds against the database; only after the agent is done. */
    List<RunObligation> obligations() {
        return spool.obligations();
    }

    /** Stamp of the sample due in a round, by this agent's clock. */
    private long stamp(int round) {
        return loop.startMillis() + (long) round * plan.intervalMillis() + phaseMillis() + skewMillis;
    }

    /** The schedule reached this agent: takes the sample that was due. */
    void tick(int round) {
        if (round < firstRound || leaving || done) {
            return;
        }
        if (round >= endRound) {
            leave();
            return;
        }
        if (spool.current() != null && restarts.contains(round)) {
            kill();
        }
        if (away > 0) {
            away--;
            return;
        }
        if (spool.current() == null) {
            AgentRun run = spool.begin(MachineRun.of(machine, stamp(round), plan.intervalMillis()));
            started(run);
            connect();
        }
        spool.issue();
        counters.issued.increment();
        spool.dropOldest((run, number) -> {
            counters.dropped.increment();
            if (run.events.dropped(number, run.identity.stampMillis(number))) {
                counters.events.increment();
            }
        });
        flush();
    }

    private void started(AgentRun run) {
        counters.runs.increment();
        run.events.started(run.identity.firstMillis());
        counters.events.increment();
    }

    /** Its connection is cut; it comes back as after any break. */
    void cut() {
        if (session != null && !session.isLeft()) {
            session.cut();
        }
    }

    /** As kill -9 does it: no Goodbye, and what is not acknowledged lies in the spool. */
    private void kill() {
        counters.restarts.increment();
        away = (int) Math.max(1, AWAY_MILLIS / plan.intervalMillis());
        if (session != null) {
            session.abandon();
            ended();
        }
        spool.end();
        unreachable = false;
        report();
    }

    /** No more ticks follow: sends what is left and leaves. */
    void leave() {
        if (leaving || done) {
            return;
        }
        leaving = true;
        if (spool.runs().isEmpty() || (spool.current() == null && isSettled())) {
            finish();
            return;
        }
        if (spool.current() == null) {
            // Killed in the last rounds: it comes back to send what it has.
            started(spool.begin(MachineRun.of(machine, stamp(plan.rounds()), plan.intervalMillis())));
            connect();
        }
        loop.schedule(this::drainOver, plan.drain().toMillis());
        flush();
        leaveWhenNothingIsLeft();
    }

    /** Everything has its outcome. */
    private boolean isSettled() {
        return spool.pending() == 0 && spool.pendingEvents() == 0;
    }

    private void drainOver() {
        drainOver = true;
        if (session == null) {
            finish();
        } else {
            sayGoodbye();
        }
    }

    private void connect() {
        if (done || session != null || spool.current() == null) {
            return;
        }
        counters.connections.increment();
        session = new AgentSession(machine, spool, plan, loop, counters, skewMillis, this);
        session.open();
    }

    private void flush() {
        if (session != null) {
            session.flush(leaving);
        }
        report();
        if (leaving) {
            leaveWhenNothingIsLeft();
        }
    }

    private void report() {
        int waiting = spool.waiting();
        counters.waiting.add(waiting - reportedWaiting);
        reportedWaiting = waiting;
    }

    @Override
    public void onReady() {
        flush();
    }

    @Override
    public void onMessage(AggregatorMessage message) {
        switch (message.getMessageCase()) {
            case WELCOME -> {
                welcomeNanos = loop.nanos();
                flush();
            }
            case ACK -> acknowledged(message.getAck());
            case REJECT -> rejected(message.getReject());
            case DEFER -> deferred(message.getDefer());
            case CREDIT -> flush();
            case MESSAGE_NOT_SET -> counters.unexpected.increment();
        }
    }

    private void acknowledged(Ack ack) {
        long now = loop.nanos();
        for (Range range : ack.getSamplesList()) {
            counters.acknowledged.add(known(
                    range,
                    (run, known) -> spool.acknowledge(run, known, number -> {
                        if (!run.late) {
                            long micros = (now - loop.nanosAt(run.identity.stampMillis(number) - skewMillis)) / 1_000;
                            counters.ackMicros.recordValue(Math.clamp(micros, 0, LoadCounters.HIGHEST_MICROS));
                        }
                    })));
        }
        for (Range range : ack.getEventsList()) {
            counters.eventsAcknowledged.add(knownEvents(range, (run, known) -> {
                spool.eventsAcknowledged(run, known);
                return run.events.acknowledged(known);
            }));
        }
        flush();
    }

    private void rejected(Reject reject) {
        for (Range range : reject.getEventsList()) {
            counters.eventsRejected.add(knownEvents(range, (run, known) -> run.events.refused(known)));
        }
        RejectReason reason = reject.getReason();
        if (reason == RejectReason.REJECT_REASON_UNPARSABLE) {
            counters.unparsable.increment();
            return;
        }
        for (Range range : reject.getSamplesList()) {
            counters.rejected(reason, known(range, (run, known) -> switch (reason) {
                case REJECT_REASON_INVENTORY ->
                    session == null || session.isLeft() ? spool.defer(run, known) : session.sendAgain(run, known);
                case REJECT_REASON_NO_CREDIT -> spool.defer(run, known);
                default -> spool.refuse(run, known, reason);
            }));
        }
        flush();
    }

    private void deferred(Defer defer) {
        for (Range range : defer.getSamplesList()) {
            counters.deferred.add(known(range, spool::defer));
        }
        flush();
    }

    /** Applies an outcome to a range of samples that this agent can have sent; returns what that returns. */
    private long known(Range range, ToLongBiFunction<AgentRun, Range> outcome) {
        return known(range, run -> run.numbers.issued(), outcome);
    }

    /** The same of events. */
    private long knownEvents(Range range, ToLongBiFunction<AgentRun, Range> outcome) {
        return known(range, run -> run.events.newest(), outcome);
    }

    private long known(Range range, ToLongFunction<AgentRun> newest, ToLongBiFunction<AgentRun, Range> outcome) {
        AgentRun run = spool.run(range.getRun());
        if (run == null
                || range.getFirst() < 1
                || range.getFirst() > range.getLast()
                || range.getLast() > newest.applyAsLong(run)) {
            counters.unexpected.increment();
            return 0;
        }
        return outcome.applyAsLong(run, range);
    }

    /** After Goodbye a refused inventory could not be answered any more: what was sent last has a second to be refused. */
    private void leaveWhenNothingIsLeft() {
        if (!leaving
                || session == null
                || session.isLeft()
                || !session.isWelcome()
                || spool.unsentLive() > 0
                || spool.waiting() > 0) {
            return;
        }
        long wait = isSettled() ? 0 : QUIET_MILLIS - (loop.nanos() - session.sentNanos()) / 1_000_000;
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
        if (!session.isLeft()) {
            AgentSession left = session;
            left.sayGoodbye();
            loop.schedule(left::cancel, GOODBYE_MILLIS);
        }
    }

    private void ended() {
        counters.ended.increment();
        if (session.isWelcome()) {
            counters.connected.decrement();
        }
        session = null;
        spool.streamEnded();
    }

    @Override
    public void onEnd(Status status) {
        if (!session.isLeft() || !status.isOk()) {
            counters.lastEnd.set(
                    status.getCode() + (status.getDescription() == null ? "" : ": " + status.getDescription()));
        }
        boolean stood = session.isWelcome() && loop.nanos() - welcomeNanos >= STABLE_NANOS;
        ended();
        report();
        if (status.getCode() == Status.Code.ALREADY_EXISTS) {
            counters.displaced.increment();
            finish();
        } else if (leaving && (drainOver || isSettled())) {
            finish();
        } else {
            loop.schedule(this::connect, loop.random(longestWait(stood)));
        }
    }

    private long longestWait(boolean stood) {
        long now = loop.nanos();
        if (!unreachable || stood) {
            unreachable = true;
            unreachableNanos = now;
        }
        return Math.clamp((now - unreachableNanos) / 1_000_000, FIRST_BACKOFF_MILLIS, LAST_BACKOFF_MILLIS);
    }

    private void finish() {
        if (!done) {
            done = true;
            spool.ended();
            loop.done();
        }
    }
}
