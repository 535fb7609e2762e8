package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.aggregator.IngestMetrics;
import ar.mcrn.sysmonstm.aggregator.IngestMetrics.Deferral;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.aggregator.ring.SlotWaiter;
import ar.mcrn.sysmonstm.aggregator.ring.SlotWriter;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.Lane;
import ar.mcrn.sysmonstm.v1.RejectReason;
import java.time.Duration;

/**
 * Takes the samples of one stream in: live ones into the ring, backfill to the history against credit. Each ends at the ring,
 * at the history or at {@link PendingOutcomes}.
 *
 * <p>A live message that finds no free slot is held, one per stream, with the place it has come to; the stream reads no
 * further message, so that samples stay in order, until the ring's clearing handler has called and the rest is published.
 *
 * <p>On the stream's event loop, but for {@link #slotsFree}.
 */
final class SampleIntake implements SlotWriter, SlotWaiter {
    private final IngestDoor door;
    private final IngestLoop loop;
    private final IngestMetrics metrics;
    private final PendingOutcomes outcomes;
    private final StreamInventories inventories;
    private final int intervalMillis;
    private final long streamRun;
    private final Runnable resume;

    private int credit;

    private final HeldMessage held;
    private long receivedMillis;
    private long receivedNanos;

    private MachineInventory inventory;
    private byte[] borrowed;

    /** What became of a message. */
    enum Result {
        /** Every sample of it is on its way or has its outcome. */
        DONE,
        /** It waits for free slots; {@code resume} is run when it is done. */
        HELD,
        /** It is malformed; nothing of it was taken. */
        UNPARSABLE,
        /** It would have to wait, but too much waits already. */
        OVERLOADED
    }

    /** @param onDone run on the event loop when a held message is {@link Result#DONE} */
    SampleIntake(
            IngestDoor door,
            IngestLoop loop,
            PendingOutcomes outcomes,
            StreamInventories inventories,
            int intervalMillis,
            long streamRun,
            Runnable onDone) {
        this.door = door;
        this.loop = loop;
        this.metrics = door.metrics();
        this.outcomes = outcomes;
        this.inventories = inventories;
        this.intervalMillis = intervalMillis;
        this.streamRun = streamRun;
        this.held = new HeldMessage(door);
        this.resume = () -> {
            if (held.isKept() && resumeHeld()) {
                onDone.run();
            }
        };
    }

    /** Takes one {@code Samples} message in. */
    Result take(byte[] bytes, int from, int to, long millis, long nanos) {
        SampleParser parser = loop.parser();
        if (!parser.open(bytes, from, to)) {
            return Result.UNPARSABLE;
        }
        inventory = inventories.find(parser.run(), parser.inventory());
        if (!parser.verify(inventory)) {
            return Result.UNPARSABLE;
        }
        receivedMillis = millis;
        receivedNanos = nanos;
        return switch (parser.lane()) {
            case LANE_LIVE -> takeLive(parser, bytes, from, to);
            case LANE_BACKFILL -> takeBackfill(parser);
            case LANE_UNSPECIFIED, UNRECOGNIZED -> {
                rejectAll(parser, RejectReason.REJECT_REASON_INVALID_FIELD, "lane");
                yield Result.DONE;
            }
        };
    }

    private Result takeLive(SampleParser parser, byte[] bytes, int from, int to) {
        if (parser.run() != streamRun) {
            rejectAll(parser, RejectReason.REJECT_REASON_INVALID_FIELD, "live samples of another run");
            return Result.DONE;
        }
        boolean othersWait = door.ring().waiters() > 0;
        if (!othersWait && publish(parser)) {
            return Result.DONE;
        }
        if (othersWait) {
            parser.next();
        }
        if (!held.keep(bytes, from, to, parser.position())) {
            return Result.OVERLOADED;
        }
        door.ring().await(this);
        return Result.HELD;
    }

    @Override
    public void slotsFree() {
        loop.execute(resume);
    }

    private boolean resumeHeld() {
        SampleParser parser = loop.parser();
        held.resume(parser);
        if (!publish(parser)) {
            held.cameTo(parser.position());
            door.ring().await(this);
            return false;
        }
        held.release();
        return true;
    }

    /** The stream has ended. */
    void release() {
        if (held.isKept()) {
            door.ring().cancel(this);
            held.release();
        }
    }

    /** Publishes the samples from where the parser is; false when one found no slot. */
    private boolean publish(SampleParser parser) {
        Duration horizon = door.horizon();
        while (parser.next()) {
            if (!accepts(parser, horizon)) {
                metrics.receivedLive().increment();
                continue;
            }
            borrowed = null;
            if (parser.length() > SampleSlot.INLINE_BYTES) {
                borrowed = door.ring().pool().borrow(parser.length());
                if (borrowed == null) {
                    metrics.receivedLive().increment();
                    defer(parser, Deferral.POOL_EMPTY);
                    continue;
                }
            }
            outcomes.taken();
            if (!door.ring().tryPublish(this)) {
                outcomes.returned();
                if (borrowed != null) {
                    door.ring().pool().giveBack(borrowed);
                }
                return false;
            }
            metrics.receivedLive().increment();
            metrics.sampledToReceived().recordNanos(Math.max(0, receivedMillis - parser.endMillis()) * 1_000_000);
        }
        return true;
    }

    @Override
    public void write(SampleSlot slot) {
        slot.setOrigin(inventory, outcomes, intervalMillis, receivedMillis, receivedNanos, false);
        loop.parser().fill(slot, borrowed);
    }

    private Result takeBackfill(SampleParser parser) {
        Duration horizon = door.horizon();
        SampleSlot slot = loop.backfillSlot();
        while (parser.next()) {
            metrics.receivedBackfill().increment();
            boolean accepted = accepts(parser, horizon);
            if (credit <= 0) {
                if (accepted) {
                    reject(parser, RejectReason.REJECT_REASON_NO_CREDIT, "credit=0");
                    door.history().waitingToo(outcomes, 1);
                }
                continue;
            }
            credit--;
            if (!accepted) {
                door.history().spent(outcomes);
                continue;
            }
            slot.setOrigin(inventory, outcomes, intervalMillis, receivedMillis, receivedNanos, true);
            parser.fill(slot, loop.backfillPayload());
            outcomes.taken();
            if (!door.history().offerBackfill(slot)) {
                // Counted by the history, which was offered it.
                outcomes.deferred(parser.run(), parser.sequence());
            }
            slot.clear();
        }
        return Result.DONE;
    }

    /** The agent has been told of this much more credit. */
    void addCredit(int samples) {
        credit = Math.min(Limits.CREDIT, credit + samples);
    }

    /** Nothing waits at the agent: what is left of its credit is void, here as there. */
    void lapseCredit() {
        credit = 0;
    }

    private boolean accepts(SampleParser parser, Duration horizon) {
        if (!parser.check(inventory, receivedMillis, horizon)) {
            reject(parser, parser.reason(), parser.detail());
            return false;
        }
        if (inventory == null) {
            StreamInventories.Refused refused = inventories.refused(parser.run(), parser.inventory());
            if (refused != null) {
                reject(parser, refused.reason(), refused.detail());
                return false;
            }
            reject(
                    parser,
                    RejectReason.REJECT_REASON_INVENTORY,
                    "inventory=" + Integer.toUnsignedString(parser.inventory()));
            return false;
        }
        return true;
    }

    private void rejectAll(SampleParser parser, RejectReason reason, String detail) {
        boolean live = parser.lane() != Lane.LANE_BACKFILL;
        inventory = null;
        while (parser.next()) {
            (live ? metrics.receivedLive() : metrics.receivedBackfill()).increment();
            parser.check(null, receivedMillis, door.horizon());
            reject(parser, reason, detail);
        }
    }

    private void reject(SampleParser parser, RejectReason reason, String detail) {
        metrics.rejected(reason).increment();
        outcomes.taken();
        outcomes.rejected(reason, parser.run(), parser.sequence(), detail);
    }

    private void defer(SampleParser parser, Deferral why) {
        metrics.deferred(why).increment();
        outcomes.taken();
        outcomes.deferred(parser.run(), parser.sequence());
    }
}
