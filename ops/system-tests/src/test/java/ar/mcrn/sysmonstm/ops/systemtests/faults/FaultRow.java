package ar.mcrn.sysmonstm.ops.systemtests.faults;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Map;

/**
 * What was seen of one fault. Counts of samples are of the simulated agents; -1 = not known.
 *
 * @param id of the fault
 * @param fault in words
 * @param load in words
 * @param expected in words
 * @param proof that the fault was there, in words
 * @param seen of what is expected, in words
 * @param agents simulated
 * @param seed of everything random
 * @param seconds length of the load
 * @param unacknowledgedAtFault samples without an outcome when it happened
 * @param issued samples taken
 * @param acknowledged samples said to be stored
 * @param rowsStored rows in the database
 * @param lost acknowledged and not stored
 * @param duplicates stored more than once
 * @param different stored otherwise than sent
 * @param notIssued stored and never sent
 * @param events issued, such as the start of a run
 * @param eventsStored rows of events in the database
 * @param obligations what {@code loadgen --verify} said: {@code holds}, or what is wrong; empty where it was not asked
 * @param rejected refused for ever
 * @param reconnects of the agents, by themselves
 * @param recoverySeconds from the end of the fault until all is as before
 * @param figures further numbers by name
 * @param verdict {@code pass}, or {@code fail: } and why
 * @param commit what was tested
 * @param startedAt when, ISO instant
 * @param wallSeconds how long all of it took
 */
public record FaultRow(
        String id,
        String fault,
        String load,
        String expected,
        String proof,
        String seen,
        int agents,
        long seed,
        long seconds,
        long unacknowledgedAtFault,
        long issued,
        long acknowledged,
        long rowsStored,
        long lost,
        long duplicates,
        long different,
        long notIssued,
        long events,
        long eventsStored,
        String obligations,
        long rejected,
        long reconnects,
        double recoverySeconds,
        Map<String, Double> figures,
        String verdict,
        String commit,
        String startedAt,
        double wallSeconds) {

    static final String PASS = "pass";

    /** As {@link #obligations} of a row whose loads were all held against the database and found right. */
    public static final String HOLDS = "holds";

    /** Whether all was as expected. */
    @JsonIgnore
    public boolean isPassed() {
        return verdict.equals(PASS);
    }

    /** Whether it is the same run again: fault, load, seed and what was tested, which has to be a commit as it is. */
    boolean isOf(FaultScenario scenario, FaultLoad planned, String tested) {
        return id.equals(scenario.id())
                && agents == planned.agents()
                && seed == planned.seed()
                && seconds == planned.duration().toSeconds()
                && TestedCommit.isExact(commit)
                && commit.equals(tested);
    }
}
