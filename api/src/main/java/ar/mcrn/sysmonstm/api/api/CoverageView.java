package ar.mcrn.sysmonstm.api.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * How much of a stretch of a machine's history is there: "0 missing of N issued; 23:41 of 24:00 covered". Null components
 * are left out of the JSON.
 *
 * @param id machine id; where not part of a history
 * @param from start of what is told of, Unix milliseconds: as asked for, or the whole hour where raw rows of its edge are gone
 * @param to end, at most now
 * @param spanMillis time from start to end in which the machine was known
 * @param coveredMillis time covered by samples that are stored
 * @param stored samples stored
 * @param issued samples that were taken, as the sequences say: stored and missing
 * @param missing holes in the sequences within runs, and what was before the first sample stored of a run that began within
 * @param runs the newest 1,000 lives of the agent that have samples here, oldest first; where not part of a history
 * @param events the newest 1,000 things that explain gaps, oldest first; where not part of a history
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CoverageView(
        String id,
        long from,
        long to,
        long spanMillis,
        long coveredMillis,
        long stored,
        long issued,
        long missing,
        List<Run> runs,
        List<Event> events) {

    /** Nothing is known of a stretch. */
    public static CoverageView nothing(long from, long to) {
        return new CoverageView(null, from, to, 0, 0, 0, 0, 0, null, null);
    }

    /**
     * One life of the agent.
     *
     * @param run its id, hexadecimal
     * @param first least sequence issued
     * @param last greatest sequence stored
     * @param stored samples stored
     * @param missing holes
     * @param from stamp of the first sample, Unix milliseconds; where raw rows are not read, start of its hour
     * @param to stamp of the last; end of its hour, at most the end of the stretch
     */
    public record Run(String run, long first, long last, long stored, long missing, long from, long to) {}

    /**
     * Something that explains a gap.
     *
     * @param kind run_start, run_stop, suspend, clock_step, spool_drop or sample_lost
     * @param time when it happened, Unix milliseconds
     * @param from start of the stretch it explains; absent = none
     * @param to end of the stretch
     * @param run of whose samples it speaks, hexadecimal
     * @param firstSequence first sample it explains; absent = none
     * @param lastSequence last sample it explains
     * @param detail for people
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Event(
            String kind,
            long time,
            Long from,
            Long to,
            String run,
            Long firstSequence,
            Long lastSequence,
            String detail) {}
}
