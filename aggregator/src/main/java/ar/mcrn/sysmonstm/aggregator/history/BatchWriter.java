package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.v1.RejectReason;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a batch from its buffer to its outcomes: ids and partitions that are missing, one transaction, and what each sample
 * is told. A batch that the database refuses for its values is halved until one row stands alone; after a failure of any other
 * kind the next attempt is half as large, since it may have been too much for the time or memory there was, and after each success
 * twice as large again. A batch of which a row is there already goes again by way of temporary tables. A batch ends before a row whose stamp is out of bounds; such rows are refused without a partition or chunk ever being made for them. Writer thread only.
 */
final class BatchWriter {
    /** Rows of a batch as long as the writer keeps up. */
    static final int ROWS = 2_000;
    /** Inventories resolved at a time: at most 512 devices each. */
    private static final int RESOLVE_AT_ONCE = 1_000;
    /** Stamps further ahead are refused; ingest lets none of them in. */
    private static final Duration AHEAD = Duration.ofDays(1);

    private static final Logger LOG = LoggerFactory.getLogger(BatchWriter.class);

    private final Horizon horizon;
    private final CreditLedger credit;
    private final InstantSource clock;
    private final Set<Long> partitions = new HashSet<>();
    private int largest = Integer.MAX_VALUE;

    BatchWriter(Horizon horizon, CreditLedger credit, InstantSource clock) {
        this.horizon = horizon;
        this.credit = credit;
        this.clock = clock;
    }

    /**
     * Writes the next batch of a lane and tells its outcomes.
     *
     * @param behindRows most rows of it where more than {@value #ROWS} are there
     * @throws SQLException when trying the rest again may help; rows that have their outcome are done
     */
    void write(HistorySession session, WriterLane lane, int behindRows) throws SQLException {
        int left = Math.min(lane.left(), largest);
        settle(session, lane, lane.next() + (left <= ROWS ? left : Math.min(left, behindRows)), false);
    }

    /** Looks again which partitions there are. */
    void forgetPartitions() {
        partitions.clear();
    }

    /** Stores the rows up to there, in as many transactions as bad rows make necessary. */
    private void settle(HistorySession session, WriterLane lane, int to, boolean looked) throws SQLException {
        while (lane.next() < to) {
            attempt(session, lane, to, looked);
        }
    }

    private void attempt(HistorySession session, WriterLane lane, int to, boolean looked) throws SQLException {
        int from = lane.next();
        try {
            store(session, lane, from, to);
        } catch (SQLException e) {
            SqlFailure failure = SqlFailure.of(e);
            if (failure != SqlFailure.DATA && failure != SqlFailure.PARTITION) {
                // It may be committed all the same, or have met the rows of another aggregator.
                lane.stage(true);
                largest = Math.max(1, (to - from) / 2);
                throw e;
            }
            session.rollback();
            if (failure == SqlFailure.PARTITION && !looked) {
                // Dropped by another since it was seen.
                forgetPartitions();
                settle(session, lane, to, true);
            } else if (SqlFailure.isConflict(e) && !lane.staging()) {
                lane.stage(true);
                settle(session, lane, to, looked);
            } else if (to - from == 1) {
                refuse(lane, e);
            } else {
                int middle = (from + to) >>> 1;
                settle(session, lane, middle, looked);
                settle(session, lane, to, looked);
            }
        }
    }

    private static void refuse(WriterLane lane, SQLException e) {
        LOG.warn(
                "sample refused by the database: machine={}, sequence={}, error={}",
                lane.buffer().inventory(lane.next()).machine(),
                lane.buffer().sequence(lane.next()),
                Database.reason(e));
        lane.metrics.reject(RejectReason.REJECT_REASON_DATABASE, lane.buffer(), lane.next(), Database.reason(e));
        lane.done(lane.next() + 1);
    }

    /** Stores or refuses the first of them, as many as belong together. */
    private void store(HistorySession session, WriterLane lane, int from, int most) throws SQLException {
        RowBuffer buffer = lane.buffer();
        WriterMarks marks = begin(session, buffer, from, most);
        long oldest = horizon.oldestMillis();
        long newest = clock.millis() + AHEAD.toMillis();
        int to = sameSide(buffer, from, most, oldest, newest);
        if (outside(buffer.endMillis(from), oldest, newest)) {
            session.rollback();
            refuse(lane, to, oldest);
            return;
        }
        long begun = System.nanoTime();
        StagedBatch.Result result = store(session, lane, from, to, marks.closedMillis());
        session.connection().commit();
        long ended = System.nanoTime();
        largest = largest > ROWS ? Integer.MAX_VALUE : largest * 2;
        lane.metrics.batches.increment();
        lane.metrics.commit.recordNanos(ended - begun);
        credit.committed(to - from, buffer.bytes(from, to), ended - begun);
        lane.stage(result.stored() < to - from);
        tell(lane, from, to, result, ended);
        lane.done(to);
    }

    /** By the cheap way as long as every row is new; by the other from a batch of which one was not, until all of one are. */
    private static StagedBatch.Result store(
            HistorySession session, WriterLane lane, int from, int to, long closedMillis) throws SQLException {
        if (lane.staging()) {
            lane.metrics.staged.increment();
            return session.staged().store(lane.buffer(), from, to, closedMillis);
        }
        session.direct().store(lane.buffer(), from, to, closedMillis);
        return StagedBatch.Result.all(to - from);
    }

    /** Begins the transaction, with rows whose ids are good in it and partitions that were there just before. */
    private WriterMarks begin(HistorySession session, RowBuffer buffer, int from, int to) throws SQLException {
        while (true) {
            resolve(session, buffer, from, to);
            makePartitions(session, buffer, from, to);
            IdSpace resolved = session.idSpace();
            WriterMarks marks = session.begin();
            horizon.told(marks.horizonMillis());
            if (session.idSpace() == resolved) {
                return marks;
            }
            // A machine was removed in between.
            session.rollback();
        }
    }

    private static boolean outside(long millis, long oldest, long newest) {
        return millis < oldest || millis > newest;
    }

    private static int sameSide(RowBuffer buffer, int from, int most, long oldest, long newest) {
        boolean first = outside(buffer.endMillis(from), oldest, newest);
        int to = from + 1;
        while (to < most && outside(buffer.endMillis(to), oldest, newest) == first) {
            to++;
        }
        return to;
    }

    private static void refuse(WriterLane lane, int to, long oldestMillis) {
        RowBuffer buffer = lane.buffer();
        for (int row = lane.next(); row < to; row++) {
            if (buffer.endMillis(row) < oldestMillis) {
                lane.metrics.reject(
                        RejectReason.REJECT_REASON_TOO_OLD,
                        buffer,
                        row,
                        "older than what history keeps: endMillis=" + buffer.endMillis(row) + ", oldestMillis="
                                + oldestMillis);
            } else {
                lane.metrics.reject(
                        RejectReason.REJECT_REASON_CLOCK_AHEAD, buffer, row, "endMillis=" + buffer.endMillis(row));
            }
        }
        lane.done(to);
    }

    private static void tell(WriterLane lane, int from, int to, StagedBatch.Result result, long committedNanos) {
        RowBuffer buffer = lane.buffer();
        int collision = 0;
        for (int row = from; row < to; row++) {
            if (collision < result.collided().length && result.collided()[collision] == row) {
                collision++;
                lane.metrics.reject(
                        RejectReason.REJECT_REASON_TIME_COLLISION,
                        buffer,
                        row,
                        "another sample of this machine with this stamp is stored: endMillis=" + buffer.endMillis(row));
            } else {
                buffer.outcomes(row).committed(buffer.run(row), buffer.sequence(row));
                lane.metrics.receivedToCommitted.recordNanos(committedNanos - buffer.receivedNanos(row));
            }
        }
        lane.metrics.stored.add(result.stored());
        lane.metrics.duplicate.add(to - from - result.stored() - result.collided().length);
    }

    /** Gives rows their ids that had none when they were encoded, or those of a connection or a machine that is gone. */
    private static void resolve(HistorySession session, RowBuffer buffer, int from, int to) throws SQLException {
        IdSpace space;
        do {
            space = session.idSpace();
            Set<MachineInventory> unknown = Collections.newSetFromMap(new IdentityHashMap<>());
            for (int row = from; row < to; row++) {
                if (!buffer.resolved(row, space) && !known(buffer.inventory(row), space)) {
                    unknown.add(buffer.inventory(row));
                    if (unknown.size() == RESOLVE_AT_ONCE) {
                        resolve(session, unknown);
                    }
                }
            }
            if (!unknown.isEmpty()) {
                resolve(session, unknown);
            }
        } while (session.idSpace() != space);
        for (int row = from; row < to; row++) {
            if (!buffer.resolved(row, space)) {
                buffer.resolve(row, HistoryIds.of(buffer.inventory(row)));
            }
        }
    }

    private static void resolve(HistorySession session, Set<MachineInventory> unknown) throws SQLException {
        session.begin();
        session.ids().resolve(unknown, session.idSpace());
        unknown.clear();
    }

    private static boolean known(MachineInventory inventory, IdSpace space) {
        HistoryIds ids = HistoryIds.of(inventory);
        return ids != null && ids.space() == space;
    }

    private void makePartitions(HistorySession session, RowBuffer buffer, int from, int to) throws SQLException {
        if (session.mode().equals(HistorySettings.TIMESCALE)) {
            // Inserting makes chunks.
            return;
        }
        long first = HistoryTier.RAW.slot(horizon.oldestMillis());
        long last = HistoryTier.RAW.slot(clock.millis() + AHEAD.toMillis());
        Set<Long> missing = new HashSet<>();
        long seen = Long.MIN_VALUE;
        for (int row = from; row < to; row++) {
            long slot = HistoryTier.RAW.slot(buffer.endMillis(row));
            if (slot != seen && slot >= first && slot <= last && !partitions.contains(slot)) {
                missing.add(slot);
            }
            seen = slot;
        }
        if (!missing.isEmpty()) {
            Partitions.make(session.connection(), HistoryTier.RAW, missing);
            partitions.removeIf(slot -> slot < first);
            partitions.addAll(missing);
        }
    }
}
