package ar.mcrn.sysmonstm.ops.standalone.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.aggregator.retention.DiskSpace;
import ar.mcrn.sysmonstm.ops.standalone.doctor.HistoryFigures.Tier;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HistoryJudgementTest {
    private static final long GIB = 1L << 30;
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:40Z");
    private static final DiskSpace ROOMY = new DiskSpace(900 * GIB, 1_000 * GIB);

    private Instant newest = NOW.minusSeconds(2);
    private Duration rawSpan = Duration.ofHours(50);
    private Optional<Instant> minutesUntil = Optional.of(Instant.parse("2026-03-01T12:00:00Z"));
    private Optional<Instant> hoursUntil = Optional.of(Instant.parse("2026-03-01T12:00:00Z"));
    private long dirtyPairs;
    private Duration markAge = Duration.ZERO;
    private Optional<Instant> keptEarly = Optional.empty();

    private Tier tier(String name, long bytes, Duration span, Duration retention) {
        return new Tier(name, 1_000_000, bytes, Optional.of(newest.minus(span)), Optional.of(newest), retention);
    }

    private Findings judge(DiskSpace disk) {
        HistoryFigures figures = new HistoryFigures(
                "plain",
                NOW,
                3,
                20 * GIB,
                List.of(
                        tier("raw", 10 * GIB, rawSpan, Duration.ofHours(50)),
                        tier("minute", 4 * GIB, Duration.ofDays(2), Duration.ofDays(30)),
                        tier("hour", GIB / 8, Duration.ofDays(2), Duration.ofDays(730))),
                minutesUntil,
                minutesUntil,
                hoursUntil,
                dirtyPairs,
                Optional.of(NOW.minus(markAge)),
                keptEarly,
                0);
        Findings findings = new Findings();
        new HistoryJudgement(figures, findings).all(Optional.of(disk));
        return findings;
    }

    private static String line(Findings findings, String what) {
        return findings.list().stream()
                .filter(each -> each.what().equals(what))
                .map(each ->
                        (each.isWell() ? "ok " : "act ") + each.said() + (each.isWell() ? "" : ": " + each.advice()))
                .findFirst()
                .orElse("");
    }

    @Test
    void saysModeSizesGrowthAndAgesWhereAllIsWell() {
        Findings findings = judge(ROOMY);
        assertThat(findings.areWell()).as(findings.list().toString()).isTrue();
        assertThat(line(findings, "history"))
                .isEqualTo("ok plain mode, 3 machines, 20 GiB in all, grows by 2.1 GiB a day now");
        assertThat(line(findings, "raw"))
                .isEqualTo("ok about 1,000,000 rows, 10 GiB, since 2026-02-27 10:00 UTC, kept 2 d 2 h, 4.8 GiB a day");
        assertThat(line(findings, "rollups"))
                .isEqualTo("ok minutes up to 2026-03-01 12:00 UTC, hours up to 2026-03-01 12:00 UTC");
        assertThat(line(findings, "room")).isEqualTo("ok enough for everything as long as it is kept");
    }

    @Test
    void aRollupThatStandsStillNeedsAPerson() {
        minutesUntil = Optional.of(NOW.minus(Duration.ofMinutes(38)));
        assertThat(line(judge(ROOMY), "rollups"))
                .startsWith("act ")
                .contains("37 min behind", "an aggregator rolls up");
        minutesUntil = Optional.empty();
        hoursUntil = Optional.empty();
        assertThat(line(judge(ROOMY), "rollups")).contains("minutes not begun, hours not begun, 2 d 2 h behind");
        rawSpan = Duration.ofMinutes(2);
        assertThat(line(judge(ROOMY), "rollups")).startsWith("ok ");
    }

    @Test
    void aQuietFleetIsSaidButItsRollupsAreNotBehind() {
        newest = NOW.minus(Duration.ofHours(3));
        Findings findings = judge(ROOMY);
        assertThat(line(findings, "samples")).startsWith("act the newest is 3 h old: see whether an aggregator runs");
        assertThat(line(findings, "rollups")).startsWith("ok ");
    }

    @Test
    void lateSamplesMayWaitAnHourAndNotLonger() {
        assertThat(line(judge(ROOMY), "late samples")).isEqualTo("ok all rolled up");
        dirtyPairs = 40;
        markAge = Duration.ofMinutes(10);
        assertThat(line(judge(ROOMY), "late samples"))
                .isEqualTo("ok 40 machine-hours to be rolled up again, waiting for up to 10 min");
        markAge = Duration.ofHours(2);
        assertThat(line(judge(ROOMY), "late samples"))
                .startsWith("act 40 machine-hours")
                .contains("waiting for up to 2 h");
    }

    @Test
    void theDiskGuardIsNeverQuiet() {
        keptEarly = Optional.of(Instant.parse("2026-03-01T02:00:00Z"));
        assertThat(line(judge(ROOMY), "disk guard")).startsWith("act raw samples are kept only since ");
    }

    @Test
    void aDiskThatWillBeFullInAWeekNeedsAPersonNow() {
        // Minutes grow by 2 GiB a day, hours by 64 MiB.
        assertThat(line(judge(new DiskSpace(170 * GIB, 1_000 * GIB)), "room"))
                .isEqualTo("ok for 10 days, then the oldest raw samples go early");
        assertThat(line(judge(new DiskSpace(160 * GIB, 1_000 * GIB)), "room"))
                .startsWith("act for 4.8 days")
                .contains("HISTORY_RAW_RETENTION");
    }

    @Test
    void aForecastFollowsEachTierToItsRetention() {
        Tier young = tier("raw", 2 * GIB, Duration.ofDays(1), Duration.ofDays(3));
        Tier slow = tier("hour", GIB, Duration.ofDays(1), Duration.ofDays(101));
        assertThat(DiskForecast.daysUntilFull(3.0 * GIB, List.of(young, slow))).isEqualTo(1);
        assertThat(DiskForecast.daysUntilFull(9.0 * GIB, List.of(young, slow))).isEqualTo(5);
        assertThat(DiskForecast.daysUntilFull(104.5 * GIB, List.of(young, slow)))
                .isInfinite();
        assertThat(DiskForecast.daysUntilFull(-1, List.of(young, slow))).isZero();
    }
}
