package ar.mcrn.sysmonstm.api.api;

import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.List;

/**
 * Machines or devices in the order of one metric over a stretch of time.
 *
 * @param metric key as asked for
 * @param unit of the values
 * @param from start of what was looked at, Unix milliseconds: as asked for, or the whole minute or hour where finer rows of
 *     its edge are gone
 * @param to end
 * @param by avg, max or min
 * @param order desc or asc
 * @param spanMillis from start to end
 * @param machines in that order; those without a value are left out
 */
public record FleetTopView(
        String metric,
        String unit,
        long from,
        long to,
        String by,
        String order,
        long spanMillis,
        List<Ranked> machines) {

    /**
     * One machine or device.
     *
     * @param id machine id
     * @param key of the series
     * @param value what it was ordered by
     * @param min least value
     * @param avg mean: of a counter the sum of deltas by the time they cover
     * @param max greatest value
     * @param coveredMillis time covered by samples that measured it
     */
    public record Ranked(
            String id,
            String key,
            @JsonSerialize(using = PlainNumber.class) Double value,
            @JsonSerialize(using = PlainNumber.class) Double min,
            @JsonSerialize(using = PlainNumber.class) Double avg,
            @JsonSerialize(using = PlainNumber.class) Double max,
            long coveredMillis) {}
}
