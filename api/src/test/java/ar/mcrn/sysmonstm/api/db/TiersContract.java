package ar.mcrn.sysmonstm.api.db;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.api.api.CoverageView;
import ar.mcrn.sysmonstm.api.api.HistoryView;
import ar.mcrn.sysmonstm.api.core.HistoryQuery;
import ar.mcrn.sysmonstm.api.testing.TieredHistory;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Answers put together from tiers, against the same from raw rows alone; in each mode. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TiersContract {
    private static final long SEED = System.nanoTime();
    private static final Instant NOW = Instant.parse("2026-03-01T12:20:34Z");
    private static final Instant BEGIN = NOW.minus(Duration.ofHours(9)).truncatedTo(ChronoUnit.HOURS);
    private static final List<String> METRICS = List.of(
            "system.cpu.utilization",
            "system.network.io{direction=receive}",
            "system.cpu.utilization{logical_number=0}",
            "system.network.io{direction=transmit,interface=*}",
            "system.filesystem.utilization{mountpoint=/}");

    private TieredHistory database;
    private HistoryReads history;

    abstract PostgresFixture server();

    abstract String mode();

    @BeforeAll
    void write() {
        database = new TieredHistory(server());
        assertThat(database.mode()).isEqualTo(mode());
        history = new HistoryReads(new Reads(database.dataSource()));
        database.execute("""
                insert into machine (name, first_seen) values ('web-1', timestamptz '%s');
                insert into run (machine_id, run) values (1, 7), (1, 255);
                insert into device (machine_id, kind, name)
                values (1, 'interface', 'eth0'), (1, 'interface', 'eth1'), (1, 'filesystem', '/');
                """.formatted(BEGIN));
        // Every 2 s with a phase, values null now and then, single rows and long stretches missing, a second run half
        // way.
        database.execute("""
                select setseed(%s);
                insert into host_sample (machine_id, time, run_id, sequence, duration_millis, late, cpu_total,
                                         network_receive_bytes, core_load)
                select 1, timestamptz '%s' + i * interval '2 seconds' + interval '430 ms', case when i < 8000 then 1 else 2 end,
                       case when i < 8000 then i else i - 7999 end, 2000, false,
                       case when random() < 0.9 then (random() * 10000)::int end,
                       case when random() < 0.9 then (random() * 1e9)::bigint end, '\\x32c8'
                  from generate_series(1, 15000) as i
                 where random() < 0.95 and i not between 2000 and 3500 and i not between 9000 and 9100;
                insert into nic_sample (machine_id, device_id, time, duration_millis, transmit_bytes)
                select 1, device, timestamptz '%s' + i * interval '10 seconds' + interval '430 ms', 10000,
                       (random() * 1e10)::bigint
                  from generate_series(1, 3000) as i, generate_series(1, 2) as device where random() < 0.95;
                insert into fs_sample (machine_id, device_id, time, duration_millis, utilization)
                select 1, 3, timestamptz '%s' + i * interval '60 seconds' + interval '430 ms', 60000, (random() * 1e4)::int
                  from generate_series(1, 500) as i where random() < 0.95;
                """.formatted(new Random(SEED).nextDouble(), BEGIN, BEGIN, BEGIN));
        database.rollUpEverything();
    }

    @AfterAll
    void stop() {
        if (database != null) {
            database.close();
        }
    }

    @BeforeEach
    void nothingRolledUpYet() {
        database.mark(null, null);
        database.keptFrom("raw", null);
        database.keptFrom("minute", null);
    }

    private HistoryView read(Instant from, Instant to, int points) {
        return history.read(new HistoryQuery("web-1", METRICS, from, to, points), NOW)
                .orElseThrow();
    }

    @Test
    void tiersWithTheirFreshTailSayWhatRawRowsSay() {
        Random random = new Random(SEED);
        for (int i = 0; i < 60; i++) {
            Instant from = BEGIN.plusMillis(random.nextLong(Duration.ofHours(8).toMillis()));
            Instant to = from.plusMillis(
                    1 + random.nextLong(Duration.between(from, NOW).toMillis()));
            int points = 1 + random.nextInt(random.nextBoolean() ? 20 : 2_000);
            database.mark(null, null);
            HistoryView raw = read(from, to, points);
            CoverageView rawCoverage = history.coverage("web-1", from, to, NOW).orElseThrow();
            Instant minutes = BEGIN.plus(random.nextLong(9 * 60), ChronoUnit.MINUTES);
            database.mark(
                    minutes,
                    minutes.minus(random.nextLong(90), ChronoUnit.MINUTES).truncatedTo(ChronoUnit.HOURS));
            HistoryView tiers = read(from, to, points);
            String what =
                    "seed=" + SEED + ", from=" + from + ", to=" + to + ", points=" + points + ", minutes=" + minutes;
            assertThat(tiers.times()).as(what).containsExactly(raw.times());
            for (int s = 0; s < raw.series().size(); s++) {
                String series = what + ", series=" + raw.series().get(s).key();
                assertThat(tiers.series().get(s).key())
                        .isEqualTo(raw.series().get(s).key());
                assertThat(tiers.series().get(s).min())
                        .as(series)
                        .containsExactly(raw.series().get(s).min());
                assertThat(tiers.series().get(s).avg())
                        .as(series)
                        .containsExactly(raw.series().get(s).avg());
                assertThat(tiers.series().get(s).max())
                        .as(series)
                        .containsExactly(raw.series().get(s).max());
            }
            assertThat(tiers.gaps()).as(what).isEqualTo(raw.gaps());
            assertThat(tiers.coverage()).as(what).isEqualTo(raw.coverage());
            CoverageView coverage = history.coverage("web-1", from, to, NOW).orElseThrow();
            assertThat(coverage.runs())
                    .as(what)
                    .extracting(CoverageView.Run::missing)
                    .isEqualTo(rawCoverage.runs().stream()
                            .map(CoverageView.Run::missing)
                            .toList());
        }
    }

    @Test
    void saysWhichTierAnsweredAndTakesTheTailFromFinerOnes() {
        database.mark(NOW.minusSeconds(90).truncatedTo(ChronoUnit.MINUTES), NOW.truncatedTo(ChronoUnit.HOURS));
        assertThat(read(NOW.minusSeconds(600), NOW, 600).tier()).isEqualTo("raw");
        assertThat(read(BEGIN, NOW, 600).tier()).isEqualTo("1m");
        HistoryView hours = read(BEGIN, NOW, 10);
        assertThat(hours.tier()).isEqualTo("1h");
        assertThat(hours.stepMillis()).isEqualTo(3_600_000);
        database.mark(null, null);
        assertThat(read(BEGIN, NOW, 10).tier()).isEqualTo("raw");
    }

    @Test
    void stepsGrowWhereOnlyCoarserRowsAreKept() {
        database.mark(NOW.truncatedTo(ChronoUnit.MINUTES), NOW.truncatedTo(ChronoUnit.HOURS));
        database.keptFrom("raw", NOW.minus(Duration.ofHours(2)));
        database.keptFrom("minute", NOW.minus(Duration.ofHours(4)));
        assertThat(read(NOW.minusSeconds(7_000), NOW, 2_000).stepMillis()).isEqualTo(5_000);
        assertThat(read(NOW.minusSeconds(10_000), NOW.minusSeconds(9_000), 2_000)
                        .stepMillis())
                .isEqualTo(60_000);
        HistoryView hours = read(NOW.minusSeconds(20_000), NOW.minusSeconds(19_000), 2_000);
        assertThat(hours.stepMillis()).isEqualTo(3_600_000);
        assertThat(hours.tier()).isEqualTo("1h");
    }

    @Test
    void coverageGrowsToWholeHoursWhereRawRowsAreGone() {
        database.mark(NOW.truncatedTo(ChronoUnit.MINUTES), NOW.truncatedTo(ChronoUnit.HOURS));
        Instant from = BEGIN.plusSeconds(1_800);
        Instant to = BEGIN.plusSeconds(9_000);
        assertThat(read(from, to, 10).coverage().from()).isEqualTo(from.toEpochMilli());
        database.keptFrom("raw", NOW.minus(Duration.ofHours(2)));
        CoverageView whole = read(from, to, 10).coverage();
        assertThat(whole.from()).isEqualTo(BEGIN.toEpochMilli());
        assertThat(whole.to()).isEqualTo(BEGIN.plusSeconds(10_800).toEpochMilli());
        database.keptFrom("raw", null);
        assertThat(read(BEGIN, BEGIN.plusSeconds(10_800), 10).coverage()).isEqualTo(whole);
    }

    private List<HistoryView.Series> percentiles(Instant from, Instant to, int points, boolean wanted) {
        HistoryView view = history.read(new HistoryQuery("web-1", METRICS, from, to, points, wanted), NOW)
                .orElseThrow();
        return view.series();
    }

    @Test
    void percentilesOfMinutesAreThoseOfTheirRawRows() {
        Instant from = NOW.minus(Duration.ofMinutes(90));
        List<HistoryView.Series> raw = percentiles(from, NOW, 100, true);
        database.mark(NOW.minus(Duration.ofMinutes(7)).truncatedTo(ChronoUnit.MINUTES), null);
        database.keptFrom("raw", NOW.minus(Duration.ofMinutes(20)));
        List<HistoryView.Series> tiers = percentiles(from, NOW, 100, true);
        for (int i = 0; i < 2; i++) { // CPU, and bytes received as a rate
            HistoryView.Series series = tiers.get(i);
            assertThat(series.p50()).hasSize(91).containsExactly(raw.get(i).p50());
            assertThat(series.p95()).containsExactly(raw.get(i).p95());
            assertThat(series.p99()).containsExactly(raw.get(i).p99());
            for (int step = 0; step < series.p50().length; step++) {
                if (!Double.isNaN(series.avg()[step])) {
                    assertThat(series.p50()[step]).isBetween(series.min()[step], series.p95()[step]);
                    assertThat(series.p99()[step]).isBetween(series.p95()[step], series.max()[step]);
                } else {
                    assertThat(series.p50()[step]).isNaN();
                }
            }
        }
        assertThat(tiers.get(2).p50()).as("of a core").isNull();
        assertThat(tiers.get(3).p50()).as("of a device").isNull();
        assertThat(percentiles(from, NOW, 100, false))
                .allSatisfy(series -> assertThat(series.p50()).isNull());
    }

    @Test
    void percentilesOfLongerStepsAreOfRawRowsOrNone() {
        Instant from = NOW.truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(3));
        double[] whole = percentiles(from, NOW, 21, true).getFirst().p95();
        assertThat(whole).hasSize(21).matches(column -> !Double.isNaN(column[5]));
        database.mark(NOW.truncatedTo(ChronoUnit.MINUTES), NOW.truncatedTo(ChronoUnit.HOURS));
        assertThat(percentiles(from, NOW, 21, true).getFirst().p95()).containsExactly(whole);
        database.keptFrom("raw", from.plusSeconds(1_900)); // within the fourth step of ten minutes
        double[] rest = percentiles(from, NOW, 21, true).getFirst().p95();
        assertThat(rest).startsWith(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        assertThat(rest).endsWith(Arrays.copyOfRange(whole, 4, 21));
    }

    @Test
    void theSchemaHasPercentilesOfThoseColumns() throws Exception {
        try (Connection connection = database.dataSource().getConnection();
                ResultSet row = connection.createStatement().executeQuery("""
                        select array_agg(substring(attname from '(.*)_p95$') order by 1) from pg_attribute
                         where attrelid = 'host_minute'::regclass and attname ~ '_p95$'
                        """)) {
            row.next();
            assertThat((String[]) row.getArray(1).getArray())
                    .containsExactlyInAnyOrder(
                            Percentiles.COLUMNS.stream().map(Column::column).toArray(String[]::new));
        }
    }

    @Test
    void readsADatabaseWithoutTiers() {
        database.execute("alter table history_tier rename to hidden_tier");
        try {
            assertThat(read(BEGIN, NOW, 10).tier()).isEqualTo("raw");
        } finally {
            database.execute("alter table hidden_tier rename to history_tier");
        }
    }
}
