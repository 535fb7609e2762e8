package ar.mcrn.sysmonstm.aggregator.tiers;

import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import io.dropwizard.lifecycle.setup.LifecycleEnvironment;
import java.time.Duration;
import java.time.InstantSource;
import javax.sql.DataSource;

/**
 * The rollups, wired:
 *
 * <pre>
 * RollupJob ─┬─ Closing: closed_until, under the history lock
 *            ├─ Rollup:  raw ──▶ minutes ──▶ hours, raw ──▶ coverage; rolled_until
 *            └─ Repair:  rollup_dirty ──▶ the same for one machine and hour, at a tenth of a core
 * </pre>
 */
public final class TiersAssembly {
    /** How long an hour of a machine must have got no late rows before it is rolled up again. */
    private static final Duration QUIET = Duration.ofSeconds(60);

    private TiersAssembly() {}

    /**
     * Builds the rollup and registers its thread with the lifecycle. Neither database nor schema need be there yet.
     *
     * @param source pool of which it keeps one connection
     */
    public static void assemble(
            DataSource source, Telemetry telemetry, Readiness readiness, LifecycleEnvironment lifecycle) {
        InstantSource clock = InstantSource.system();
        RollupMetrics metrics = new RollupMetrics(telemetry, clock);
        Dependency rollup = readiness.dependency("rollup", false);
        lifecycle.manage(new RollupJob(source, new TierPartitions(), clock, metrics, rollup, QUIET));
    }
}
