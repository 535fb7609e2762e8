package ar.mcrn.sysmonstm.bench;

import ar.mcrn.sysmonstm.agent.collect.ProcessRound;
import ar.mcrn.sysmonstm.agent.collect.SystemFiles;
import ar.mcrn.sysmonstm.v1.ProcessRow;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does the agent spend, every 10 s, on looking at every process of this machine for those with most CPU time and memory?
 * The number of processes goes to standard error.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ProcessRoundBenchmark {
    private ProcessRound round;

    /** Made by JMH. */
    public ProcessRoundBenchmark() {}

    /** Takes the round that the first measured one is compared with. */
    @Setup
    public void begin() {
        round = new ProcessRound(SystemFiles.ofThisMachine());
        round.rows();
        String[] entries = SystemFiles.ofThisMachine().proc().toFile().list((_, name) -> name.matches("\\d+"));
        System.err.println("processes: " + entries.length);
    }

    /** Lets go of the files. */
    @TearDown
    public void end() {
        round.close();
    }

    /** All processes looked at, the rows made. */
    @Benchmark
    public List<ProcessRow> allProcesses() {
        return round.rows();
    }
}
