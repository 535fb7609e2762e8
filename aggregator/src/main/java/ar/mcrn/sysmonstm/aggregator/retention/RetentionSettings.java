package ar.mcrn.sysmonstm.aggregator.retention;

import ar.mcrn.sysmonstm.aggregator.history.HistoryTier;
import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.DurationText;
import io.dropwizard.util.DataSize;
import java.time.Duration;

/**
 * How long history is kept. Absent (null) components take their default.
 *
 * <table>
 * <caption>settings</caption>
 * <tr><th>component</th><th>environment</th><th>default</th><th>unit</th><th>effect and limits</th></tr>
 * <tr><td>raw</td><td>HISTORY_RAW_RETENTION</td><td>50h</td><td>duration</td><td>samples as they came; 3 h to 3,660 d</td></tr>
 * <tr><td>minute</td><td>HISTORY_MINUTE_RETENTION</td><td>30d</td><td>duration</td><td>by the minute; longer than raw</td></tr>
 * <tr><td>hour</td><td>HISTORY_HOUR_RETENTION</td><td>730d</td><td>duration</td>
 *     <td>by the hour, coverage; longer than minute, to 36,600 d</td></tr>
 * <tr><td>diskLimit</td><td>HISTORY_DISK_LIMIT</td><td>none</td><td>bytes</td>
 *     <td>what the database may take, where its file system cannot be looked at</td></tr>
 * </table>
 *
 * @param raw how long samples are kept
 * @param minute how long minutes are kept
 * @param hour how long hours and coverage are kept
 * @param diskLimit bytes that the database may take; 0 = as much as its file system has
 */
public record RetentionSettings(Duration raw, Duration minute, Duration hour, Long diskLimit) {
    private static final Duration LONGEST = Duration.ofDays(36_600);

    /** @throws ConfigurationProblem naming key, value and allowed range */
    public RetentionSettings {
        raw = raw == null ? Duration.ofHours(50) : raw;
        minute = minute == null ? Duration.ofDays(30) : minute;
        hour = hour == null ? Duration.ofDays(730) : hour;
        diskLimit = diskLimit == null ? 0 : diskLimit;
        if (minute.compareTo(raw) <= 0) {
            throw new ConfigurationProblem("HISTORY_MINUTE_RETENTION=" + DurationText.of(minute)
                    + " is out of range: must be longer than HISTORY_RAW_RETENTION=" + DurationText.of(raw));
        }
        if (hour.compareTo(minute) <= 0 || hour.compareTo(LONGEST) > 0) {
            throw new ConfigurationProblem("HISTORY_HOUR_RETENTION=" + DurationText.of(hour)
                    + " is out of range: must be longer than HISTORY_MINUTE_RETENTION=" + DurationText.of(minute)
                    + ", at most 36600 d");
        }
    }

    /**
     * What operators set.
     *
     * @param diskLimit HISTORY_DISK_LIMIT such as {@code 200GiB}; null or blank for none
     */
    public static RetentionSettings of(Duration raw, Duration minute, Duration hour, String diskLimit) {
        long bytes = 0;
        if (diskLimit != null && !diskLimit.isBlank()) {
            try {
                bytes = DataSize.parse(diskLimit.strip()).toBytes();
            } catch (IllegalArgumentException e) {
                throw new ConfigurationProblem(
                        "HISTORY_DISK_LIMIT=" + diskLimit + " is no size: allowed are sizes such as 200GiB");
            }
        }
        return new RetentionSettings(raw, minute, hour, bytes);
    }

    /** Everything at its default. */
    public static RetentionSettings defaults() {
        return new RetentionSettings(null, null, null, null);
    }

    /** Of one tier. */
    Duration of(HistoryTier tier) {
        return switch (tier) {
            case RAW -> raw;
            case MINUTE -> minute;
            case HOUR -> hour;
        };
    }
}
