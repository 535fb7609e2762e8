package ar.mcrn.sysmonstm.api.api;

import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.List;

/**
 * One metric of many machines in columns: one time per step, and per machine or device the least, mean and greatest value of
 * each step; null where nothing was measured.
 *
 * @param metric key as asked for
 * @param unit of the values
 * @param from start asked for, Unix milliseconds
 * @param to end asked for
 * @param stepMillis length of a step
 * @param tier coarsest that answered
 * @param times start of each step, ascending
 * @param series by id, then key; machines without a value are left out
 */
public record FleetHistoryView(
        String metric,
        String unit,
        long from,
        long to,
        long stepMillis,
        String tier,
        long[] times,
        List<Series> series) {

    /**
     * One machine or device.
     *
     * @param id machine id
     * @param key of the series
     * @param min least value of each step
     * @param avg mean of each step
     * @param max greatest value of each step
     */
    public record Series(
            String id,
            String key,
            @JsonSerialize(using = NullableDoubles.class) double[] min,
            @JsonSerialize(using = NullableDoubles.class) double[] avg,
            @JsonSerialize(using = NullableDoubles.class) double[] max) {}
}
