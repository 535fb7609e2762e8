package ar.mcrn.sysmonstm.agent;

import ar.mcrn.sysmonstm.agent.clock.RunClock;
import ar.mcrn.sysmonstm.agent.collect.CollectionCycle;
import ar.mcrn.sysmonstm.agent.send.SequenceRange;
import ar.mcrn.sysmonstm.agent.send.Spool;
import ar.mcrn.sysmonstm.agent.send.SpoolRecord;
import ar.mcrn.sysmonstm.agent.send.Uplink;
import ar.mcrn.sysmonstm.contract.Limits;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * One run: samples numbered from 1 without holes, under one id. Ends when the process stops, or when the clock turns out to be
 * so far ahead that stamps would have to go back. Used by the sampling thread.
 */
final class AgentRun {
    /** A sample beyond this cannot travel, with its envelope, in one message. */
    private static final int SAMPLE_BYTES = Limits.MESSAGE_BYTES - 4_096;

    /** A smaller change of the clock's error is not worth a record of the spool. */
    private static final long CORRECTION_MICROS = 50_000;

    private final long id;
    private final RunClock clock;
    private final CollectionCycle cycle;
    private final Spool spool;
    private final EventLog events;
    private final Uplink uplink;
    private final LongSupplier wallMicros;
    private long sequence;
    private int inventory;

    /** @param wallMicros the machine's wall clock, Unix microseconds */
    AgentRun(
            long id,
            RunClock clock,
            CollectionCycle cycle,
            Spool spool,
            EventLog events,
            Uplink uplink,
            LongSupplier wallMicros) {
        this.id = id;
        this.clock = clock;
        this.cycle = cycle;
        this.spool = spool;
        this.events = events;
        this.uplink = uplink;
        this.wallMicros = wallMicros;
    }

    /** Takes the first reading and connects. */
    void begin() {
        cycle.begin(nowMillis());
        uplink.start();
    }

    /** Takes a reading and, where it makes one, keeps and sends the sample. */
    void tick() {
        cycle.read();
        clock.ticked(cycle.slept().orElse(Duration.ZERO)).ifPresent(events::stepped);
        cycle.collect(sequence + 1, clock.stampAt(cycle.readNanos())).ifPresent(this::keep);
        if (clock.isMeasured()) {
            spool.expire(nowMillis());
            long behindMicros = clock.wallErrorMicros(wallMicros.getAsLong());
            keepCorrection(behindMicros);
            cycle.clockError(-behindMicros / 1_000);
        }
        events.nameLosses();
        uplink.wake();
    }

    private void keep(CollectionCycle.Collected collected) {
        sequence++;
        if (collected.inventory().getNumber() != inventory) {
            inventory = collected.inventory().getNumber();
            spool.append(collected.inventory());
        }
        byte[] sample = collected.sample().toByteArray();
        if (sample.length > SAMPLE_BYTES) {
            events.lost(
                    new SequenceRange(id, sequence, sequence),
                    "sample of " + sample.length + " bytes is larger than " + SAMPLE_BYTES);
            return;
        }
        spool.append(new SpoolRecord(id, sequence, inventory, sample));
    }

    private void keepCorrection(long correction) {
        if (Math.abs(correction - spool.correctionMicros()) > CORRECTION_MICROS) {
            spool.keepCorrection(correction);
        }
    }

    /** The corrected clock, Unix milliseconds. */
    long nowMillis() {
        return clock.nowMicros() / 1_000;
    }

    RunClock clock() {
        return clock;
    }

    /** Samples taken. */
    long sequence() {
        return sequence;
    }

    /** Says goodbye, waiting at most {@code limit} for the outcomes of what was sent. True where all came. */
    boolean end(String reason, Duration limit) {
        cycle.close();
        events.runStopped(reason);
        boolean told = uplink.close(reason, limit);
        spool.runEnded();
        return told;
    }
}
