package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.DurationText;
import java.time.Duration;

/**
 * How the history is kept and written. Absent (null) components take their default.
 *
 * <table>
 * <caption>settings</caption>
 * <tr><th>component</th><th>environment</th><th>default</th><th>unit</th><th>effect and limits</th></tr>
 * <tr><td>mode</td><td>HISTORY_MODE</td><td>as recorded</td><td>name</td>
 *     <td>plain or timescale; empty = as recorded, at the first migration timescale where TimescaleDB is there with its community
 *     licence, else plain; a set one that does not match the recorded one ends the start</td></tr>
 * <tr><td>rawRetention</td><td>HISTORY_RAW_RETENTION</td><td>50h</td><td>duration</td>
 *     <td>how long raw samples are kept, 3 h to 3,660 d; 2 h less is the accept horizon</td></tr>
 * <tr><td>commitInterval</td><td></td><td>500ms</td><td>duration</td><td>longest wait of a live row for its batch</td></tr>
 * <tr><td>liveSpan</td><td></td><td>10s</td><td>duration</td><td>intake that the live buffer holds before it defers</td></tr>
 * <tr><td>liveBytes</td><td></td><td>64 MiB</td><td>bytes</td><td>most that it holds in any case</td></tr>
 * <tr><td>backfillRows</td><td></td><td>16,384</td><td>samples</td><td>room of the backfill queue</td></tr>
 * <tr><td>backfillBytes</td><td></td><td>64 MiB</td><td>bytes</td><td>most that it holds in any case</td></tr>
 * </table>
 *
 * @param mode how history is cut by time; empty = as recorded or as fits
 * @param rawRetention how long raw samples are kept
 * @param commitInterval longest wait of a live row for its batch
 * @param liveSpan intake that the live buffer holds before it defers
 * @param liveBytes bytes that the live buffer holds before it defers
 * @param backfillRows samples that the backfill queue holds
 * @param backfillBytes bytes that the backfill queue holds
 */
public record HistorySettings(
        String mode,
        Duration rawRetention,
        Duration commitInterval,
        Duration liveSpan,
        Long liveBytes,
        Integer backfillRows,
        Long backfillBytes) {

    /** Samples older than the retention less this are refused, so that nothing arrives for what is being rolled up or dropped. */
    static final Duration HORIZON_MARGIN = Duration.ofHours(2);

    /** Native range partitions, made and dropped by us. */
    static final String PLAIN = "plain";
    /** Hypertables with columnstore. */
    static final String TIMESCALE = "timescale";

    private static final Duration SHORTEST = Duration.ofHours(3);
    private static final Duration LONGEST = Duration.ofDays(3_660);
    private static final long MEBIBYTE = 1L << 20;

    /** @throws ConfigurationProblem naming key, value and allowed range */
    public HistorySettings {
        mode = mode == null ? "" : mode.strip();
        rawRetention = rawRetention == null ? Duration.ofHours(50) : rawRetention;
        commitInterval = commitInterval == null ? Duration.ofMillis(500) : commitInterval;
        liveSpan = liveSpan == null ? Duration.ofSeconds(10) : liveSpan;
        liveBytes = liveBytes == null ? 64 * MEBIBYTE : liveBytes;
        backfillRows = backfillRows == null ? 16_384 : backfillRows;
        backfillBytes = backfillBytes == null ? 64 * MEBIBYTE : backfillBytes;
        if (!mode.isEmpty() && !mode.equals(PLAIN) && !mode.equals(TIMESCALE)) {
            throw new ConfigurationProblem("HISTORY_MODE=" + mode + " is unknown: allowed are plain and timescale");
        }
        if (rawRetention.compareTo(SHORTEST) < 0 || rawRetention.compareTo(LONGEST) > 0) {
            throw new ConfigurationProblem("HISTORY_RAW_RETENTION=" + DurationText.of(rawRetention)
                    + " is out of range: allowed are 3 h to 3660 d");
        }
    }

    /** Everything at its default. */
    public static HistorySettings defaults() {
        return of(null, null);
    }

    /**
     * What operators set; the rest at its default.
     *
     * @param mode HISTORY_MODE, or null
     * @param rawRetention HISTORY_RAW_RETENTION, or null
     */
    public static HistorySettings of(String mode, Duration rawRetention) {
        return new HistorySettings(mode, rawRetention, null, null, null, null, null);
    }

    /** Oldest stamp accepted, as an age before now. */
    public Duration acceptHorizon() {
        return rawRetention.minus(HORIZON_MARGIN);
    }
}
