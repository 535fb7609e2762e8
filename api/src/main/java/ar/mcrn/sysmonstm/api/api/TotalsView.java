package ar.mcrn.sysmonstm.api.api;

import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.List;

/**
 * What a counter came to over a stretch of time, machine by machine. A sum says nothing of time that is not covered.
 *
 * @param metric key as asked for
 * @param unit of the sums
 * @param from start of what was summed up, Unix milliseconds: as asked for, or the whole minute or hour where finer rows of
 *     its edge are gone
 * @param to end, at most now
 * @param spanMillis from start to end
 * @param total of all machines
 * @param coveredMillis of all machines together
 * @param machines by id; those without a value are left out
 */
public record TotalsView(
        String metric,
        String unit,
        long from,
        long to,
        long spanMillis,
        @JsonSerialize(using = PlainNumber.class) Double total,
        long coveredMillis,
        List<MachineTotal> machines) {

    /**
     * One machine.
     *
     * @param id machine id
     * @param total of all its devices that were asked for
     * @param coveredMillis time covered; of several devices that of the one with most
     */
    public record MachineTotal(
            String id,
            @JsonSerialize(using = PlainNumber.class) Double total,
            long coveredMillis) {}
}
