package ar.mcrn.sysmonstm.bench;

import ar.mcrn.sysmonstm.aggregator.tiers.RollupCost;
import ar.mcrn.sysmonstm.aggregator.tiers.RollupProof;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import java.time.Duration;

/**
 * Whether the tiers are right, and what they cost: a week of generated data with late and missing rows, written and rolled up
 * at once and held against brute force; then the CPU time of one minute of all machines, and of one machine back after 40 h.
 */
final class RollupBench {
    private static final Duration SPAN = Duration.ofDays(7);
    private static final int PROVED_MACHINES = 4;
    private static final Duration STEP = Duration.ofSeconds(10);

    private RollupBench() {}

    /**
     * Runs on a PostgreSQL of its own.
     *
     * @return whether they were exactly equal
     */
    static boolean run(String mode, int machines, long seed) throws Exception {
        try (PostgresFixture postgres =
                mode.equals("timescale") ? PostgresFixture.startTimescale() : PostgresFixture.start()) {
            boolean exact = RollupProof.run(
                    postgres.dataSource(postgres.freshDatabase()), mode, SPAN, PROVED_MACHINES, STEP, seed);
            RollupCost.run(postgres.dataSource(postgres.freshDatabase()), mode, machines);
            return exact;
        }
    }
}
