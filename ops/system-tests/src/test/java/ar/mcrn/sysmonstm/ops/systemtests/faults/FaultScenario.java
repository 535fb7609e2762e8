package ar.mcrn.sysmonstm.ops.systemtests.faults;

import ar.mcrn.sysmonstm.ops.systemtests.processes.Deployment;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;

/** One thing that goes wrong, how it is brought about, and what has to hold. Without state: any number of runs may use one. */
public interface FaultScenario {
    /** Start of a load, until all its agents flow, on a busy machine. */
    Duration BEFORE = Duration.ofSeconds(25);
    /** For samples that nothing hindered. */
    Duration AFTER = Duration.ofSeconds(15);

    /** Number in the table of faults, with a word where the fault has several forms: {@code F1}, {@code F8/newer}. */
    String id();

    /** What happens, in words. */
    String fault();

    /** What has to hold beyond what always has to: nothing lost, nothing twice, nothing left without outcome. */
    String expected();

    /**
     * Length of a load that goes on until a fault is over, what it left is mended within its limit, and samples taken after
     * that have passed.
     */
    static Duration around(Duration fault, Duration recovery) {
        return BEFORE.plus(fault).plus(recovery).plus(AFTER);
    }

    /** Length of the load that this fault needs at least; what is asked for may be longer. */
    default Duration shortest() {
        return Duration.ofMinutes(1);
    }

    /** Simulated agents, where the fault is about another number than asked for. */
    default int agents(int asked) {
        return asked;
    }

    /** Whether it is left out unless asked for by its id or by {@code --long}. */
    default boolean isLong() {
        return false;
    }

    /** Starts the stores that it happens to. */
    default Deployment deploy() throws IOException, InterruptedException {
        return Deployment.start();
    }

    /** Brings it about, watches, and waits until all is well again. The loads it began go on to their end. */
    void run(FaultStage stage) throws IOException, InterruptedException, SQLException;

    /** Looks at what was stored when all loads have ended. */
    default void afterwards(FaultStage stage) throws IOException, InterruptedException, SQLException {}
}
