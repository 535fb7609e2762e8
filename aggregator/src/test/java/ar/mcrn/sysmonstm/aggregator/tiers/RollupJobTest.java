package ar.mcrn.sysmonstm.aggregator.tiers;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.aggregator.history.TestSchema;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class RollupJobTest {
    private static final Instant MARK = Instant.parse("2026-01-01T01:00:00Z");

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(Duration.ofSeconds(90)).ignoreExceptions().until(condition);
    }

    @Test
    void keepsTheTiersAndOutlivesTheDatabase() throws Exception {
        try (PostgresFixture postgres = PostgresFixture.start()) {
            DataSource source = postgres.dataSource(postgres.freshDatabase());
            TestSchema.migrate(source);
            TierRig.makeRoomForRaw(source);
            Telemetry telemetry = new Telemetry("test");
            InstantSource clock = InstantSource.system();
            Dependency rollup = new Readiness().dependency("rollup", false);
            RollupMetrics metrics = new RollupMetrics(telemetry, clock);
            RollupJob job = new RollupJob(source, new TierPartitions(), clock, metrics, rollup, Duration.ZERO);
            try (TierRig rig = new TierRig(source, (connection, from, until) -> {})) {
                for (int minute = 0; minute < 120; minute += 9) {
                    rig.write(1, TierRig.HOUR.plusSeconds(60L * minute), minute);
                }
                job.start();
                await(
                        "an absence is made up for",
                        () -> rollup.status().state() == Dependency.State.UP && rig.count("host_hour") == 2);
                rig.assertExact();

                rig.write(1, TierRig.HOUR.plusSeconds(61), 1_000);
                await("the late row is repaired", () -> rig.count("rollup_dirty") == 0);
                rig.assertExact();

                postgres.kill9();
                await("it fails", () -> metrics.failures.value() > 0);
                postgres.restart();
                rig.write(1, TierRig.HOUR.plusSeconds(62), 1_001);
                await("it goes on", () -> rig.count("rollup_dirty") == 0);
                rig.assertExact();
            } finally {
                job.stop();
            }
            assertThat(telemetry.text())
                    .contains("sysmonstm_rollup_repairs_total{outcome=\"done\",service=\"test\"} 2")
                    .contains("sysmonstm_rollup_lag_seconds{service=\"test\",tier=\"minute\"}")
                    .contains("sysmonstm_rollup_busy_seconds_total{service=\"test\",work=\"repair\"}");
        }
    }

    @Test
    void saysThatItIsBehindOnceItIsLate() {
        Dependency rollup = new Readiness().dependency("rollup", false);
        RollupHealth health = new RollupHealth(rollup);
        health.failed("no database", Instant.EPOCH);
        assertThat(rollup.status().detail()).isEqualTo("not rolled up yet: no database");
        Marks marks = new Marks(MARK, MARK, MARK);
        health.seen(marks, MARK.plusSeconds(300));
        assertThat(rollup.status().state()).isEqualTo(Dependency.State.UP);
        health.failed("no database", MARK.plusSeconds(300));
        assertThat(rollup.status().state()).isEqualTo(Dependency.State.UP);
        health.failed("no database", MARK.plusSeconds(360));
        assertThat(rollup.status().state()).isEqualTo(Dependency.State.DEGRADED);
        assertThat(rollup.status().detail())
                .isEqualTo("minutes are rolled up until 2026-01-01T01:00:00Z, 6 min ago: no database");
        health.seen(marks, MARK.plusSeconds(361));
        assertThat(rollup.status().detail()).isEqualTo("minutes are rolled up until 2026-01-01T01:00:00Z, 6 min ago");
        health.seen(marks, MARK.plusSeconds(300));
        assertThat(rollup.status().state()).isEqualTo(Dependency.State.UP);
        Marks hours = new Marks(MARK, MARK.plusSeconds(120), MARK.minusSeconds(4_500));
        health.seen(hours, MARK.plusSeconds(60));
        health.seen(hours, MARK.plusSeconds(119));
        assertThat(rollup.status().state()).isEqualTo(Dependency.State.UP);
        health.seen(hours, MARK.plusSeconds(120));
        assertThat(rollup.status().detail()).isEqualTo("hours are rolled up until 2025-12-31T23:45:00Z, 77 min ago");
    }

    @Test
    void isNotBehindWhileAStartCatchesUp() {
        Dependency rollup = new Readiness().dependency("rollup", false);
        RollupHealth health = new RollupHealth(rollup);
        Marks old = new Marks(MARK, MARK, MARK);
        health.seen(old, MARK.plusSeconds(3_000));
        health.seen(old, MARK.plusSeconds(3_059));
        health.seen(new Marks(MARK, MARK.plusSeconds(3_060), MARK), MARK.plusSeconds(3_061));
        assertThat(rollup.status().state()).isEqualTo(Dependency.State.UP);
        health.seen(old, MARK.plusSeconds(3_062));
        assertThat(rollup.status().state()).isEqualTo(Dependency.State.UP);
        health.seen(old, MARK.plusSeconds(3_122));
        assertThat(rollup.status().detail()).isEqualTo("minutes are rolled up until 2026-01-01T01:00:00Z, 52 min ago");
    }
}
