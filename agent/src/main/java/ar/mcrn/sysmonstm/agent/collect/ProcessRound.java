package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.v1.ProcessRow;
import java.util.List;

/** The agent's look at all processes of a machine with {@code /proc}, one round after the other. Used by one thread. */
public final class ProcessRound implements AutoCloseable {
    private final ProcessWatch watch;

    /** Rounds over these files. */
    public ProcessRound(SystemFiles files) {
        watch = new ProcessWatch(
                ProcProcesses.of(files), ProcProcesses.AuxiliaryVector.of(files).ticksPerSecond(), System::nanoTime);
    }

    /** Looks at every process once; those with most CPU time since the round before, then those with most memory. */
    public List<ProcessRow> rows() {
        watch.round();
        return watch.snapshot().rows();
    }

    @Override
    public void close() {
        watch.close();
    }
}
