package ar.mcrn.sysmonstm.agent.spool;

import ar.mcrn.sysmonstm.agent.send.Loss;
import ar.mcrn.sysmonstm.agent.send.LossList;
import ar.mcrn.sysmonstm.agent.send.SequenceRange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What a spool has lost: counted, written down, and kept until an event names it. One thread at a time. */
final class SpoolLosses {
    /** Ranges that one segment is told in; the last takes what follows. */
    private static final int LOSS_RANGES = 16;
    /** Bytes of a loss with its header; a mark has fewer. */
    private static final int LARGEST_RECORD = SegmentFormat.RECORD_HEADER + SegmentFormat.LOSS_BYTES;

    private final SegmentLog log;
    private LossList losses = new LossList();
    private long dropped;
    private long damaged;

    SpoolLosses(SegmentLog log) {
        this.log = log;
    }

    /** What was found on disk comes before what was lost here. */
    void found(LossList earlier, long damagedThere) {
        LossList own = losses;
        losses = earlier;
        own.all().forEach(losses::add);
        damaged += damagedThere;
    }

    /** All that no event names yet. */
    List<Loss> all() {
        return losses.all();
    }

    /** The same, for the last time. */
    List<Loss> take() {
        return losses.take();
    }

    /** Samples dropped, since there was no room or they were too old. */
    long dropped() {
        return dropped;
    }

    /** Samples found damaged. */
    long damaged() {
        return damaged;
    }

    /** Drops a segment: what was kept of it is counted and to be named; first on disk, where there is room for that. */
    void lose(Segment segment, Loss.Cause cause) {
        List<Loss> told = new ArrayList<>();
        for (long first = segment.nextKept(0); first != 0; ) {
            boolean isLast = told.size() == LOSS_RANGES - 1;
            long end = isLast ? segment.last() : segment.nextGone(first) - 1;
            SequenceRange range = new SequenceRange(segment.run(), first, end);
            long from = segment.stampNear(first);
            long to = segment.stampNear(end);
            long count = segment.forget(first, end);
            told.add(new Loss(range, count, cause, from, to));
            first = segment.nextKept(end + 1);
        }
        RecordBuffer records = new RecordBuffer((told.size() + 1) * LARGEST_RECORD);
        for (Loss loss : told) {
            count(loss);
            SegmentFormat.putLoss(records, loss);
        }
        if (segment != log.active()) {
            // In the same write: a kill leaves it either as it was, or lost and named.
            SegmentFormat.putNumber(records, SegmentFormat.GONE, segment.number());
        }
        ByteBuffer record = records.filled();
        boolean written = log.tryWrite(record);
        if (segment != log.active()) {
            log.delete(segment);
        }
        if (!written) {
            log.tryWrite(record);
        }
    }

    private void count(Loss loss) {
        losses.add(loss);
        if (loss.cause() == Loss.Cause.DAMAGED) {
            damaged += loss.count();
        } else {
            dropped += loss.count();
        }
    }

    /** One sample is damaged. */
    void loseOne(Segment segment, long sequence) {
        SequenceRange range = new SequenceRange(segment.run(), sequence, sequence);
        long stamp = segment.stampNear(sequence);
        Loss loss = new Loss(range, segment.forget(sequence, sequence), Loss.Cause.DAMAGED, stamp, stamp);
        count(loss);
        RecordBuffer record = new RecordBuffer(LARGEST_RECORD);
        SegmentFormat.putLoss(record, loss);
        log.write(record.filled());
    }
}
