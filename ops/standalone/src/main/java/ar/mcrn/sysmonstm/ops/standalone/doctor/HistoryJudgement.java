package ar.mcrn.sysmonstm.ops.standalone.doctor;

import ar.mcrn.sysmonstm.aggregator.retention.DiskSpace;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** What the figures mean and what to do, in words. Pure. */
final class HistoryJudgement {
    /** Minutes are closed some 15 s after their end and rolled up at once. */
    private static final Duration MINUTES_BEHIND = Duration.ofMinutes(5);
    /** An hour is rolled up when its last minute is. */
    private static final Duration HOURS_BEHIND = Duration.ofMinutes(75);

    private static final Duration REPAIR_LIMIT = Duration.ofHours(1);
    private static final Duration SILENT = Duration.ofMinutes(5);
    private static final double SCARCE_DAYS = 7;

    private final HistoryFigures figures;
    private final Findings findings;

    HistoryJudgement(HistoryFigures figures, Findings findings) {
        this.figures = figures;
        this.findings = findings;
    }

    void all(Optional<DiskSpace> disk) {
        findings.figure("history", figures.asMap());
        findings.well(
                "history",
                figures.mode() + " mode, " + Words.count(figures.machines(), "machine") + ", "
                        + Words.bytes(figures.databaseBytes()) + " in all, "
                        + figures.bytesPerDay()
                                .map(rate -> "grows by " + Words.bytes(rate) + " a day now")
                                .orElse("growth not known before an hour is stored"));
        figures.tiers().forEach(this::tier);
        samples();
        rollups();
        repairs();
        disk.ifPresent(this::disk);
        figures.keptEarly()
                .ifPresent(from -> findings.act(
                        "disk guard",
                        "raw samples are kept only since " + Words.moment(from) + ", for less than their retention",
                        "make room on the disk of the database, or lower HISTORY_RAW_RETENTION"));
        if (figures.removals() > 0) {
            findings.well("removal", Words.count(figures.removals(), "machine") + " being removed");
        }
    }

    private void tier(HistoryFigures.Tier tier) {
        String kept = ", kept " + Words.duration(tier.retention());
        findings.well(
                tier.name(),
                tier.oldest().isEmpty()
                        ? "nothing yet" + kept
                        : "about " + Words.count(tier.rows(), "row") + ", " + Words.bytes(tier.bytes()) + ", since "
                                + Words.moment(tier.oldest().get()) + kept
                                + tier.bytesPerDay()
                                        .map(rate -> ", " + Words.bytes(rate) + " a day")
                                        .orElse(""));
    }

    private void samples() {
        Optional<Instant> newest = figures.raw().newest();
        if (newest.isEmpty()) {
            if (figures.machines() > 0) {
                findings.act("samples", "none is kept", "see whether agents run and reach the aggregator");
            }
            return;
        }
        Duration age = Duration.between(newest.get(), figures.now());
        if (age.compareTo(SILENT) > 0) {
            findings.act(
                    "samples",
                    "the newest is " + Words.duration(age) + " old",
                    "see whether an aggregator runs (its /ready says what it lacks) and agents reach it");
        } else {
            findings.well("samples", "the newest is " + Words.duration(age) + " old");
        }
    }

    private void rollups() {
        Optional<Instant> newest = figures.raw().newest();
        if (newest.isEmpty()) {
            return;
        }
        Duration minutes = behind(figures.minutesUntil(), newest.get());
        Duration hours = behind(figures.hoursUntil(), newest.get());
        String said = "minutes " + until(figures.minutesUntil()) + ", hours " + until(figures.hoursUntil());
        if (minutes.compareTo(MINUTES_BEHIND) > 0 || hours.compareTo(HOURS_BEHIND) > 0) {
            findings.act(
                    "rollups",
                    said + ", " + Words.duration(minutes.compareTo(MINUTES_BEHIND) > 0 ? minutes : hours) + " behind",
                    "an aggregator rolls up: see that one runs, and what its log says of rollups; nothing is lost while"
                            + " raw samples are kept ("
                            + Words.duration(figures.raw().retention()) + ")");
        } else {
            findings.well("rollups", said);
        }
    }

    /** From where they end, or from the beginning of raw, to the newest sample. */
    private Duration behind(Optional<Instant> until, Instant newest) {
        Instant begun = until.orElse(figures.raw().oldest().orElse(newest));
        return begun.isAfter(newest) ? Duration.ZERO : Duration.between(begun, newest);
    }

    private static String until(Optional<Instant> until) {
        return until.map(moment -> "up to " + Words.moment(moment)).orElse("not begun");
    }

    private void repairs() {
        if (figures.dirtyPairs() == 0) {
            findings.well("late samples", "all rolled up");
            return;
        }
        Duration age = Duration.between(figures.oldestMark().orElse(figures.now()), figures.now());
        String said = Words.count(figures.dirtyPairs(), "machine-hour") + " to be rolled up again, waiting for up to "
                + Words.duration(age);
        if (age.compareTo(REPAIR_LIMIT) > 0) {
            findings.act(
                    "late samples",
                    said,
                    "an aggregator repairs: see that one runs and what its log says of repairs; many machines that come"
                            + " back at once take hours");
        } else {
            findings.well("late samples", said);
        }
    }

    private void disk(DiskSpace disk) {
        double days = DiskForecast.daysUntilFull(disk.roomBytes(), figures.tiers());
        boolean known = figures.raw().bytesPerDay().isPresent();
        findings.figure("diskDaysLeft", known && Double.isFinite(days) ? Math.round(days * 10) / 10.0 : null);
        if (!known || disk.roomBytes() <= 0) {
            return; // the disk itself was judged before
        }
        if (days == Double.POSITIVE_INFINITY) {
            findings.well("room", "enough for everything as long as it is kept");
        } else if (days < SCARCE_DAYS) {
            findings.act(
                    "room",
                    String.format(Locale.ROOT, "for %.1f days, then the oldest raw samples go early", days),
                    "give the database a larger disk, or lower HISTORY_RAW_RETENTION or HISTORY_MINUTE_RETENTION");
        } else {
            findings.well(
                    "room", String.format(Locale.ROOT, "for %.0f days, then the oldest raw samples go early", days));
        }
    }
}
