package ar.mcrn.sysmonstm.aggregator.history;

import java.time.Duration;
import java.util.List;

/**
 * One resolution of history and the tables that hold it, which are cut by time alike: partitions in mode plain, chunks in mode
 * timescale.
 */
public enum HistoryTier {
    /** Samples as they came. */
    RAW(Duration.ofHours(6), Duration.ofHours(1)),
    /** By the minute. */
    MINUTE(Duration.ofDays(1), Duration.ofDays(1)),
    /** By the hour, and what was covered. */
    HOUR(Duration.ofDays(30), Duration.ofDays(30));

    private final Duration partition;
    private final Duration chunk;

    HistoryTier(Duration partition, Duration chunk) {
        this.partition = partition;
        this.chunk = chunk;
    }

    /** As {@code history_tier} has it. */
    public String key() {
        return switch (this) {
            case RAW -> "raw";
            case MINUTE -> "minute";
            case HOUR -> "hour";
        };
    }

    /** Length of a partition, aligned to 1970. */
    public Duration partition() {
        return partition;
    }

    /** Length of a chunk, aligned to 1970. */
    public Duration chunk() {
        return chunk;
    }

    /** The tables, devices after hosts. */
    public List<String> tables() {
        return switch (this) {
            case RAW -> List.of("host_sample", "disk_sample", "nic_sample", "fs_sample");
            case MINUTE -> List.of("host_minute", "disk_minute", "nic_minute", "fs_minute");
            case HOUR -> List.of("host_hour", "disk_hour", "nic_hour", "fs_hour", "coverage");
        };
    }

    /** Number of the partition that holds a stamp, counted from 1970. */
    public long slot(long millis) {
        return Math.floorDiv(millis, partition.toMillis());
    }
}
