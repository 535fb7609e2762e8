package ar.mcrn.sysmonstm.bench;

import ar.mcrn.sysmonstm.api.hot.LiveFleet;
import ar.mcrn.sysmonstm.api.live.DiscardingGroup;
import ar.mcrn.sysmonstm.v1.LiveInventory;
import ar.mcrn.sysmonstm.v1.LiveSample;
import ar.mcrn.sysmonstm.v1.LiveTick;
import ar.mcrn.sysmonstm.v1.Sample;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What does the api spend on one sample of a machine: to read it from the bus into its picture of the fleet, and to build
 * the frame of all clients that watch the same? Each invocation is one second of 1,000 machines, in which every value
 * changes; figures are per machine.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LiveFrameBenchmark {
    private static final int MACHINES = 1_000;
    private static final int FEW = 40;
    private static final int SECOND = 1_000;

    private final byte[][] seconds = new byte[2][];
    private final LiveFleet fleet = new LiveFleet();
    private DiscardingGroup all;
    private DiscardingGroup few;
    private long nowMillis = System.currentTimeMillis();
    private int turn;

    /** Made by JMH. */
    public LiveFrameBenchmark() {}

    /** Makes two seconds of the fleet, which take turns. */
    @Setup
    public void start() throws InvalidProtocolBufferException {
        for (int i = 0; i < seconds.length; i++) {
            seconds[i] = second(i * MACHINES);
        }
        fleet.connected(true);
        fleet.apply(LiveTick.parseFrom(seconds[0]), nowMillis);
        all = new DiscardingGroup(fleet, MACHINES);
        few = new DiscardingGroup(fleet, FEW);
    }

    private static byte[] second(int seed) throws InvalidProtocolBufferException {
        LiveTick.Builder tick = LiveTick.newBuilder();
        for (int i = 0; i < MACHINES; i++) {
            String machine = DiscardingGroup.machine(i);
            tick.addInventories(
                    LiveInventory.newBuilder().setMachine(machine).setInventory(TypicalFrame.inventory(i + 1)));
            tick.addSamples(LiveSample.newBuilder()
                    .setMachine(machine)
                    .setRun(i + 1)
                    .setInventory(1)
                    .setIntervalMillis(SECOND)
                    .setSample(Sample.parseFrom(new TypicalFrame(seed + i + 1).sample())));
        }
        return seed == 0
                ? tick.build().toByteArray()
                : tick.clearInventories().build().toByteArray();
    }

    private LiveFleet.Changes next() throws InvalidProtocolBufferException {
        turn = 1 - turn;
        nowMillis += SECOND;
        fleet.apply(LiveTick.parseFrom(seconds[turn]), nowMillis);
        return fleet.takeChanges();
    }

    /** Message of the bus into the picture of the fleet. */
    @Benchmark
    @OperationsPerInvocation(MACHINES)
    public LiveFleet.Changes takeIn() throws InvalidProtocolBufferException {
        return next();
    }

    /** The same, and one frame with all machines. */
    @Benchmark
    @OperationsPerInvocation(MACHINES)
    public byte[] takeInAndFrameOfAll() throws InvalidProtocolBufferException {
        return all.delta(next());
    }

    /** The same, and one frame with 40 of the machines. */
    @Benchmark
    @OperationsPerInvocation(MACHINES)
    public byte[] takeInAndFrameOfFew() throws InvalidProtocolBufferException {
        return few.delta(next());
    }
}
