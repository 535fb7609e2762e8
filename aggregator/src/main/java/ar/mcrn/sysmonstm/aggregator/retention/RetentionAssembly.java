package ar.mcrn.sysmonstm.aggregator.retention;

import ar.mcrn.sysmonstm.ops.runtime.service.ServiceContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** Retention, removal and what is known of machines, wired: three jobs on one thread, each tried again at its next turn whatever happens. */
public final class RetentionAssembly {
    private static final Duration KEEP_INTERVAL = Duration.ofMinutes(1);
    /** A clock that is behind for a moment moves no mark. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final Duration REMOVAL_INTERVAL = Duration.ofSeconds(5);

    private static final Duration KNOWN_INTERVAL = Duration.ofSeconds(20);

    private RetentionAssembly() {}

    /**
     * Builds the jobs and registers their thread with the context's lifecycle. The database need not be there.
     *
     * @return what they see of the disk
     */
    public static HistoryDisk assemble(RetentionSettings settings, ServiceContext context) {
        DataSource source = context.database().dataSource();
        HistoryDisk disk = new HistoryDisk();
        RetentionMetrics metrics = new RetentionMetrics(context.telemetry());
        RetentionJob retention = new RetentionJob(
                source,
                settings,
                new DiskGauge(settings.diskLimit()),
                context.readiness().dependency("history disk", false),
                disk,
                metrics,
                InstantSource.system(),
                PATIENCE);
        RemovalJob removal = new RemovalJob(source, context.hot(), metrics);
        ScheduledExecutorService jobs = context.environment()
                .lifecycle()
                .scheduledExecutorService("history-retention", true)
                .threads(1)
                .build();
        // The jobs end in no exception; the executor's end is their own.
        ScheduledFuture<?> _ = jobs.scheduleWithFixedDelay(retention, 1, KEEP_INTERVAL.toSeconds(), TimeUnit.SECONDS);
        // On the thread of removal, so that neither undoes the other.
        KnownMachines known = new KnownMachines(source, context.hot());
        ScheduledFuture<?> _ = jobs.scheduleWithFixedDelay(known, 2, KNOWN_INTERVAL.toSeconds(), TimeUnit.SECONDS);
        ScheduledFuture<?> _ = jobs.scheduleWithFixedDelay(removal, 2, REMOVAL_INTERVAL.toSeconds(), TimeUnit.SECONDS);
        return disk;
    }
}
