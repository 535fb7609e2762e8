package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.aggregator.ingest.StreamOutcomes;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceContext;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import ar.mcrn.sysmonstm.v1.Event;
import com.lmax.disruptor.EventHandler;
import io.dropwizard.lifecycle.setup.LifecycleEnvironment;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import javax.sql.DataSource;

/**
 * The history, wired:
 *
 * <pre>
 * ring ──▶ HistoryHandler ──▶ RowExchange (live)     ──┐
 *              └─ Deferral                             ├─▶ HistoryWriter ──▶ BatchWriter ──▶ PostgreSQL
 * gRPC ──▶ BackfillQueue  ──▶ RowExchange (backfill) ──┤        │                 └─▶ StreamOutcomes
 *              └─ CreditLedger ◀───────────────────────┼────────┘
 * gRPC ──▶ EventQueue ─────────────────────────────────┘
 * </pre>
 */
public final class HistoryAssembly implements HistoryIntake {
    private final HistoryHandler handler;
    private final BackfillQueue backfill;
    private final EventQueue events;
    private final CreditLedger credit;
    private final Horizon horizon;
    private final Deferral deferral;
    private final HeldRows liveRows = new HeldRows();
    private final HeldRows backfillRows = new HeldRows();
    private final LaneMetrics liveMetrics;
    private final LaneMetrics backfillMetrics;

    HistoryAssembly(
            HistorySettings settings,
            DataSource source,
            Telemetry telemetry,
            Readiness readiness,
            LifecycleEnvironment lifecycle) {
        Dependency database = readiness.dependency("database", false);
        InstantSource clock = InstantSource.system();
        SchemaMigration migration = new SchemaMigration(source, settings.mode());
        migrateIfReachable(migration, database);

        liveMetrics = new LaneMetrics(telemetry, "live", liveRows);
        backfillMetrics = new LaneMetrics(telemetry, "backfill", backfillRows);
        ChunkPool chunks = new ChunkPool();
        RowExchange liveExchange = new RowExchange(chunks);
        RowExchange backfillExchange = new RowExchange(chunks);
        deferral = new Deferral(liveRows, settings);
        credit = new CreditLedger(settings, System.nanoTime());
        horizon = new Horizon(settings.acceptHorizon(), clock);
        events = new EventQueue(telemetry);
        HistoryWriter writer = new HistoryWriter(
                settings,
                source,
                migration,
                new WriterLane(liveExchange, liveRows, liveMetrics),
                new WriterLane(backfillExchange, backfillRows, backfillMetrics),
                events,
                deferral,
                credit,
                database,
                new BatchWriter(horizon, credit, clock));
        handler = new HistoryHandler(
                liveExchange, liveRows, deferral, liveMetrics, HistoryWriter.WAKE_ROWS, writer::wake);
        backfill = new BackfillQueue(backfillExchange, backfillRows, credit, backfillMetrics, settings, writer::wake);
        telemetry.gauge(
                "sysmonstm_history_deferring", "1 while live samples are deferred", () -> deferral.deferring() ? 1 : 0);
        telemetry.gauge(
                "sysmonstm_history_outstanding_credit",
                "Backfill samples permitted, not received",
                credit::outstanding);
        telemetry.gauge(
                "sysmonstm_history_waiting_samples",
                "Samples that wait for backfill at the agents connected here, as they say",
                credit::waiting);
        telemetry.gauge(
                "sysmonstm_history_capacity_samples_per_second",
                "Samples the writer commits per second of busy time",
                credit::capacity);

        lifecycle.manage(writer);
    }

    /**
     * Builds the history and registers its threads with the lifecycle, so that they stop after what is registered later.
     * Returns although the database is away; it is tried again from then on.
     *
     * @throws ConfigurationProblem in one line, when the database can be reached and its schema is newer than this version,
     *     altered, or of another mode
     */
    public static HistoryIntake assemble(HistorySettings settings, ServiceContext context) {
        return new HistoryAssembly(
                settings,
                context.database().dataSource(),
                context.telemetry(),
                context.readiness(),
                context.environment().lifecycle());
    }

    private static void migrateIfReachable(SchemaMigration migration, Dependency database) {
        try {
            migration.run();
        } catch (SchemaMismatch e) {
            throw new ConfigurationProblem(e.getMessage());
        } catch (SQLException e) {
            database.down(Database.reason(e));
        }
    }

    @Override
    public EventHandler<SampleSlot> liveHandler() {
        return handler;
    }

    @Override
    public boolean offerBackfill(SampleSlot slot) {
        return backfill.offer(slot);
    }

    @Override
    public boolean offerEvent(MachineId machine, Event event, StreamOutcomes outcomes) {
        return events.offer(machine, event, outcomes);
    }

    @Override
    public void join(StreamOutcomes stream) {
        credit.join(stream);
    }

    @Override
    public void waiting(StreamOutcomes stream, int samples) {
        credit.waiting(stream, samples);
    }

    @Override
    public void waitingToo(StreamOutcomes stream, int samples) {
        credit.waitingToo(stream, samples);
    }

    @Override
    public void spent(StreamOutcomes stream) {
        credit.used(stream);
    }

    @Override
    public void leave(StreamOutcomes stream) {
        credit.leave(stream);
        deferral.leave(stream);
    }

    @Override
    public Duration acceptHorizon() {
        return horizon.age();
    }

    @Override
    public Tally samples() {
        long inFlight = (long) liveRows.rows() + backfillRows.rows();
        return new Tally(
                liveMetrics.received.value() + backfillMetrics.received.value(),
                liveMetrics.stored.value() + backfillMetrics.stored.value(),
                liveMetrics.duplicate.value() + backfillMetrics.duplicate.value(),
                liveMetrics.rejected() + backfillMetrics.rejected(),
                liveMetrics.deferred.value() + backfillMetrics.deferred.value(),
                inFlight);
    }

    @Override
    public Tally events() {
        return events.tally();
    }

    /** Samples and events taken that have no outcome yet. */
    int inFlight() {
        return liveRows.rows() + backfillRows.rows() + (events.isEmpty() ? 0 : 1);
    }

    LaneMetrics liveMetrics() {
        return liveMetrics;
    }

    LaneMetrics backfillMetrics() {
        return backfillMetrics;
    }
}
