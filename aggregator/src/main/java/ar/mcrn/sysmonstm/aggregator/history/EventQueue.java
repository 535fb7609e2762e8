package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.aggregator.ingest.StreamOutcomes;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Counter;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.RejectReason;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Events on their way to {@code machine_event}: any thread offers, the writer stores, in transactions of their own. At most
 * {@value #LIMIT}; what finds no room is not taken and is sent again. {@code received = stored + duplicate + rejected +
 * refused + in_flight}.
 */
final class EventQueue {
    private static final int LIMIT = 16_384;
    private static final int BATCHES = 4;
    private static final int BATCH = 500;
    private static final String KIND_PREFIX = "EVENT_KIND_";
    private static final String INSERT = """
            insert into machine_event (
                machine_id, run_id, event_sequence, kind, time, from_time, to_time, first_sequence, last_sequence, detail)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict do nothing""";

    private final BlockingQueue<Pending> queue = new ArrayBlockingQueue<>(LIMIT);
    private final List<Pending> batch = new ArrayList<>();
    private final Counter received;
    private final Counter stored;
    private final Counter duplicate;
    private final Counter rejected;
    private final Counter refused;
    private final AtomicInteger held = new AtomicInteger();

    /** One event and where its outcome goes. */
    private record Pending(MachineId machine, Event event, StreamOutcomes outcomes) {
        IdResolver.Run run() {
            return new IdResolver.Run(machine.value(), event.getRun());
        }
    }

    EventQueue(Telemetry telemetry) {
        received = telemetry.counter("sysmonstm_history_received_events", "Events offered to the history");
        stored = telemetry.counter("sysmonstm_history_stored_events", "Events that went in");
        duplicate = telemetry.counter("sysmonstm_history_duplicate_events", "Events that were stored already");
        rejected = telemetry.counter("sysmonstm_history_rejected_events", "Events that the database refused");
        refused = telemetry.counter("sysmonstm_history_refused_events", "Events not taken because the queue was full");
        telemetry.gauge("sysmonstm_history_in_flight_events", "Events taken and not yet committed", held::get);
    }

    /** Takes one event; false when there is no room. */
    boolean offer(MachineId machine, Event event, StreamOutcomes outcomes) {
        received.increment();
        held.incrementAndGet();
        boolean taken = queue.offer(new Pending(machine, event, outcomes));
        if (!taken) {
            held.decrementAndGet();
            refused.increment();
        }
        return taken;
    }

    boolean isEmpty() {
        return held.get() == 0;
    }

    /** What became of all events; those that found no room are sent again, and count as deferred. */
    HistoryIntake.Tally tally() {
        long inFlight = held.get();
        return new HistoryIntake.Tally(
                received.value(), stored.value(), duplicate.value(), rejected.value(), refused.value(), inFlight);
    }

    /** Writer: stores what is there, at most some batches of it, so that samples do not wait, and tells the outcomes. */
    void write(HistorySession session) throws SQLException {
        for (int batches = 0; batches < BATCHES && (!batch.isEmpty() || !queue.isEmpty()); batches++) {
            if (batch.isEmpty()) {
                queue.drainTo(batch, BATCH);
                batch.sort(Comparator.comparing(Pending::machine)
                        .thenComparingLong(pending -> pending.event.getRun())
                        .thenComparingLong(pending -> pending.event.getEventSequence()));
            }
            try {
                store(session, batch);
            } catch (SQLException e) {
                if (SqlFailure.of(e) != SqlFailure.DATA) {
                    throw e;
                }
                session.rollback();
                storeSingly(session);
            }
            batch.clear();
        }
    }

    private void storeSingly(HistorySession session) throws SQLException {
        while (!batch.isEmpty()) {
            Pending pending = batch.getFirst();
            try {
                store(session, List.of(pending));
            } catch (SQLException e) {
                if (SqlFailure.of(e) != SqlFailure.DATA) {
                    throw e;
                }
                session.rollback();
                rejected.increment();
                held.decrementAndGet();
                pending.outcomes.eventRejected(
                        RejectReason.REJECT_REASON_DATABASE,
                        pending.event.getRun(),
                        pending.event.getEventSequence(),
                        Database.reason(e));
            }
            batch.removeFirst();
        }
    }

    private void store(HistorySession session, List<Pending> events) throws SQLException {
        // Names to ids and rows by these ids in one transaction, so that no machine is removed between.
        session.begin();
        Map<IdResolver.Run, IdResolver.RunIds> runs =
                session.ids().runs(events.stream().map(Pending::run).distinct().toList());
        int[] counts;
        try (PreparedStatement insert = session.connection().prepareStatement(INSERT)) {
            for (Pending pending : events) {
                set(insert, runs.get(pending.run()), pending.event);
                insert.addBatch();
            }
            counts = insert.executeBatch();
        }
        session.connection().commit();
        for (int i = 0; i < counts.length; i++) {
            (counts[i] == 0 ? duplicate : stored).increment();
            held.decrementAndGet();
            Pending pending = events.get(i);
            pending.outcomes.eventCommitted(pending.event.getRun(), pending.event.getEventSequence());
        }
    }

    private static void set(PreparedStatement insert, IdResolver.RunIds ids, Event event) throws SQLException {
        insert.setInt(1, ids.machine());
        insert.setInt(2, ids.run());
        insert.setLong(3, event.getEventSequence());
        insert.setString(4, kind(event));
        insert.setTimestamp(5, new Timestamp(event.getTimeMillis()));
        setTime(insert, 6, event.getFromMillis());
        setTime(insert, 7, event.getToMillis());
        setSequence(insert, 8, event.getFirstSequence());
        setSequence(insert, 9, event.getLastSequence());
        insert.setString(10, event.getDetail());
    }

    private static String kind(Event event) {
        return event.getKind().name().replace(KIND_PREFIX, "").toLowerCase(Locale.ROOT);
    }

    private static void setTime(PreparedStatement insert, int index, long millis) throws SQLException {
        if (millis == 0) {
            insert.setNull(index, Types.TIMESTAMP_WITH_TIMEZONE);
        } else {
            insert.setTimestamp(index, new Timestamp(millis));
        }
    }

    private static void setSequence(PreparedStatement insert, int index, long sequence) throws SQLException {
        if (sequence == 0) {
            insert.setNull(index, Types.BIGINT);
        } else {
            insert.setLong(index, sequence);
        }
    }
}
