package ar.mcrn.sysmonstm.loadgen;

import ar.mcrn.sysmonstm.v1.Range;
import ar.mcrn.sysmonstm.v1.RejectReason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/**
 * The bounded spool of one simulated agent, which outlives its runs as a real one outlives kill -9: the run of now feeds
 * the live lane, those before it drain by backfill, newest first. When more than the bound are without an outcome, the
 * oldest is dropped. What is issued, acknowledged, refused and dropped goes to the obligations; numbers are announced there
 * before any of them can be sent. One thread uses it at a time.
 */
final class AgentSpool {

    private final int bound;
    private final int live;
    private final ObligationLog log;
    private final Map<Long, AgentRun> runs = new LinkedHashMap<>();
    private AgentRun current;

    AgentSpool(int bound, int live, ObligationLog log) {
        this.bound = bound;
        this.live = live;
        this.log = log;
    }

    /** A run that ended before the agent began, with samples that nobody has had. */
    void recall(MachineRun identity, long samples) {
        AgentRun run = add(identity, true);
        for (long i = 0; i < samples; i++) {
            announce(run, run.numbers.issue());
        }
        run.numbers.runEnded();
    }

    /** The run of now. */
    AgentRun begin(MachineRun identity) {
        current = add(identity, false);
        return current;
    }

    private AgentRun add(MachineRun identity, boolean late) {
        AgentRun run = new AgentRun(identity, new SpoolNumbers(live), late, log.run(identity));
        runs.put(identity.run(), run);
        return run;
    }

    /** The agent was killed: nothing is live until the next run begins. */
    void end() {
        streamEnded();
        current.numbers.runEnded();
        current = null;
    }

    /** The run of now; null while there is none. */
    AgentRun current() {
        return current;
    }

    AgentRun run(long run) {
        return runs.get(run);
    }

    Collection<AgentRun> runs() {
        return runs.values();
    }

    /** Takes the next sample of the run of now. */
    void issue() {
        announce(current, current.numbers.issue());
    }

    private void announce(AgentRun run, long number) {
        if (number > run.announced) {
            run.announced = log.mayIssue(run.reference, number);
        }
    }

    /** Drops the oldest samples beyond the bound: tells their run and number. */
    void dropOldest(Dropped dropped) {
        int pending = pending();
        for (AgentRun run : runs.values()) {
            while (pending > bound && run.numbers.pending() > 0) {
                long number = run.numbers.dropOldest();
                log.dropped(run.reference, number, number);
                dropped.dropped(run, number);
                pending--;
            }
        }
    }

    /** Hears of a sample that a full spool gave up. */
    interface Dropped {
        void dropped(AgentRun run, long number);
    }

    /** Samples without a final outcome. */
    int pending() {
        int pending = 0;
        for (AgentRun run : runs.values()) {
            pending += run.numbers.pending();
        }
        return pending;
    }

    /** Events without an outcome. */
    int pendingEvents() {
        return runs.values().stream().mapToInt(run -> run.events.pending()).sum();
    }

    /** Samples that wait for backfill. */
    int waiting() {
        int waiting = 0;
        for (AgentRun run : runs.values()) {
            waiting += run.numbers.backlogSize();
        }
        return waiting;
    }

    int unsentLive() {
        return current == null ? 0 : current.numbers.unsentLive();
    }

    /** The newest run with samples that wait for backfill; null = none. */
    AgentRun toBackfill() {
        AgentRun newest = null;
        for (AgentRun run : runs.values()) {
            if (run.numbers.backlogSize() > 0) {
                newest = run;
            }
        }
        return newest;
    }

    /** Applies an acknowledgement; returns for how many samples it was news, each of which is handed over. */
    long acknowledge(AgentRun run, Range range, LongConsumer news) {
        log.acknowledged(run.reference, range.getFirst(), range.getLast());
        return each(range, number -> {
            boolean isNews = run.numbers.acknowledge(number);
            if (isNews) {
                news.accept(number);
            }
            return isNews;
        });
    }

    /** Applies a final reject; returns for how many samples it was news. */
    long refuse(AgentRun run, Range range, RejectReason reason) {
        return each(range, number -> {
            boolean isNews = run.numbers.refuse(number);
            if (isNews) {
                log.rejected(run.reference, number, number, reason);
            }
            return isNews;
        });
    }

    /** These are to be sent again; returns how many were in flight. */
    long defer(AgentRun run, Range range) {
        return each(range, run.numbers::defer);
    }

    /** These went as backfill, or some of them. */
    void backfilled(AgentRun run, long first, long last) {
        log.backfill(run.reference, first, last);
    }

    /** This event is sent for the first time. */
    void eventSent(AgentRun run, long number, SentEvent event) {
        log.event(run.reference, number, event);
    }

    void eventsAcknowledged(AgentRun run, Range range) {
        log.events(run.reference, range.getFirst(), range.getLast());
    }

    /** Nothing more is issued. */
    void ended() {
        runs.values().forEach(run -> log.ended(run.reference, run.numbers.issued()));
    }

    void streamEnded() {
        for (AgentRun run : runs.values()) {
            run.numbers.streamEnded();
            run.events.streamEnded();
        }
    }

    private static long each(Range range, LongPredicate outcome) {
        long count = 0;
        for (long number = range.getFirst(); number <= range.getLast(); number++) {
            if (outcome.test(number)) {
                count++;
            }
        }
        return count;
    }

    /** What the oracle holds against the database; only after the agent is done. */
    List<RunObligation> obligations() {
        List<RunObligation> obligations = new ArrayList<>();
        for (AgentRun run : runs.values()) {
            obligations.add(new RunObligation(
                    run.identity,
                    run.numbers.issued(),
                    run.numbers.acknowledged(),
                    run.numbers.backfilled(),
                    run.events.acknowledged(),
                    run.events.sent()));
        }
        return obligations;
    }
}
