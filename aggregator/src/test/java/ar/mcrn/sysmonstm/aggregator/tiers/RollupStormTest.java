package ar.mcrn.sysmonstm.aggregator.tiers;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.aggregator.history.HistorySettings;
import ar.mcrn.sysmonstm.aggregator.history.TestSchema;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class RollupStormTest {
    private static void storm(PostgresFixture postgres, String mode) throws Exception {
        long seed = new Random().nextLong();
        Instant until = Instant.now().truncatedTo(ChronoUnit.HOURS);
        Instant from = until.minus(Duration.ofHours(12));
        DataSource source = postgres.dataSource(postgres.freshDatabase());
        TestSchema.migrate(source, mode);
        if (mode.equals("plain")) {
            TierRig.makeRoomForTiers(source);
        }
        HistorySettings settings = new HistorySettings(mode, null, Duration.ofMillis(20), null, null, null, null);
        RollupStorm.Result result = new RollupStorm(source, (connection, begin, end) -> {})
                .run(new StormPlan(seed, 3, from, until, Duration.ofSeconds(10)), settings);
        String what = "seed " + seed + ", " + result;
        assertThat(result.verdict().differences()).as(what).isEmpty();
        assertThat(result.dirty()).as(what).isZero();
        assertThat(result.stored()).as(what).isGreaterThan(5_000);
        assertThat(result.repairs()).as(what).isGreaterThan(10);
        assertThat(result.verdict().rows()).as(what).isGreaterThan(2_000);
    }

    @Test
    void tiersEqualBruteForceWhileWritersRollupsAndRepairsMeet() throws Exception {
        try (PostgresFixture postgres = PostgresFixture.start()) {
            storm(postgres, "plain");
        }
    }

    @Test
    void theSameInModeTimescale() throws Exception {
        try (PostgresFixture postgres = PostgresFixture.startTimescale()) {
            storm(postgres, "timescale");
        }
    }
}
