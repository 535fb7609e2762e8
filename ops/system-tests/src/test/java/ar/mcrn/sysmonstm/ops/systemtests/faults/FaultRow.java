package ar.mcrn.sysmonstm.ops.systemtests.faults;

/**
 * What was seen of one fault.
 *
 * @param id of the fault
 * @param fault in words
 * @param load in words
 * @param expected in words
 * @param agents simulated
 * @param seed of the simulated agents
 * @param unacknowledgedAtFault samples without an outcome when it happened
 * @param issued samples taken
 * @param acknowledged samples said to be stored
 * @param rowsStored rows in the database
 * @param lost acknowledged and not stored; -1 = not known
 * @param duplicates stored more than once; -1 = not known
 * @param reconnects of the agents, by themselves
 * @param recoverySeconds from the restart to all agents connected and commits going on
 * @param verdict {@code pass}, or {@code fail: } and why
 */
public record FaultRow(
        String id,
        String fault,
        String load,
        String expected,
        int agents,
        long seed,
        long unacknowledgedAtFault,
        long issued,
        long acknowledged,
        long rowsStored,
        long lost,
        long duplicates,
        long reconnects,
        double recoverySeconds,
        String verdict) {

    static final String PASS = "pass";

    /** Whether all was as expected. */
    public boolean passed() {
        return verdict.equals(PASS);
    }

    static FaultRow broken(Fault fault, FaultLoad load, String why) {
        return new FaultRow(
                fault.id(),
                fault.text(),
                load.toString(),
                FaultRun.EXPECTED,
                load.agents(),
                load.seed(),
                -1,
                -1,
                -1,
                -1,
                -1,
                -1,
                -1,
                -1,
                "fail: " + why);
    }
}
