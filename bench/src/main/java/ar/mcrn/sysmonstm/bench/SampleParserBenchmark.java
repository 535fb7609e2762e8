package ar.mcrn.sysmonstm.bench;

import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.aggregator.ingest.SampleParser;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.Samples;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What does it cost to take one sample out of a message's bytes: by the aggregator's cursor, which also checks every value and
 * fills a slot, and by the generated classes, which do neither?
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SampleParserBenchmark {
    private final MachineInventory inventory = new MachineInventory(new MachineId("bench"), TypicalFrame.inventory(7));
    private final byte[] frame = new TypicalFrame(7).bytes();
    private final SampleParser parser = new SampleParser();
    private final SampleSlot slot = new SampleSlot();
    private final byte[] large = {};
    private final Duration horizon = Duration.ofDays(2);
    private final long nowMillis = System.currentTimeMillis();

    /** Made by JMH. */
    public SampleParserBenchmark() {}

    /** Bytes to filled slot, checked. */
    @Benchmark
    public SampleSlot cursorIntoSlot() {
        if (!parser.open(frame, 0, frame.length)
                || !parser.verify(inventory)
                || !parser.next()
                || !parser.check(inventory, nowMillis, horizon)) {
            throw new IllegalStateException("BUG: frame refused: " + parser.detail());
        }
        parser.fill(slot, large);
        return slot;
    }

    /** Bytes to objects. */
    @Benchmark
    public Samples generatedClasses() throws InvalidProtocolBufferException {
        return Samples.parseFrom(frame);
    }
}
