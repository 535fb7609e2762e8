package ar.mcrn.sysmonstm.api.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.List;
import java.util.Map;

/**
 * A stretch of a machine's history in columns: one time per step, and per series the least, mean and greatest value of
 * each step; null where nothing was measured.
 *
 * @param id machine id
 * @param from start asked for, Unix milliseconds
 * @param to end asked for
 * @param stepMillis length of a step
 * @param tier coarsest that answered: {@code raw}, {@code 1m} or {@code 1h}; what is not rolled up yet comes from finer rows
 * @param times start of each step, ascending
 * @param series in the order asked for
 * @param gaps stretches without samples
 * @param coverage how much of the stretch is there
 */
public record HistoryView(
        String id,
        long from,
        long to,
        long stepMillis,
        String tier,
        long[] times,
        List<Series> series,
        List<Gap> gaps,
        CoverageView coverage) {

    /**
     * One series.
     *
     * @param metric catalogue name
     * @param attributes by name
     * @param key metric and attributes as one text
     * @param unit of the values, as OpenTelemetry writes it
     * @param min least value of each step
     * @param avg mean of each step: of a counter the sum of deltas by the time they cover
     * @param max greatest value of each step
     * @param p50 median of each step; this and those below null, and left out of the JSON, where not asked for or where the
     *     metric has none
     * @param p95 what 95 % of the values do not exceed
     * @param p99 what 99 % do not exceed
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Series(
            String metric,
            Map<String, String> attributes,
            String key,
            String unit,
            @JsonSerialize(using = NullableDoubles.class) double[] min,
            @JsonSerialize(using = NullableDoubles.class) double[] avg,
            @JsonSerialize(using = NullableDoubles.class) double[] max,
            @JsonSerialize(using = NullableDoubles.class) double[] p50,
            @JsonSerialize(using = NullableDoubles.class) double[] p95,
            @JsonSerialize(using = NullableDoubles.class) double[] p99) {}

    /**
     * A stretch without samples.
     *
     * @param from start, Unix milliseconds
     * @param to end
     * @param reason awaited (samples were taken, as the sequence says, and are still accepted when they come), missing (the
     *     same, too old to be accepted), stopped, rebooted, restarted, suspended, clockStepped, spoolDropped, sampleLost or
     *     unknown
     */
    public record Gap(long from, long to, String reason) {}
}
