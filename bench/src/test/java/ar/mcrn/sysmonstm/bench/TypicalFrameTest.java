package ar.mcrn.sysmonstm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.v1.Sample;
import ar.mcrn.sysmonstm.v1.Samples;
import com.google.protobuf.InvalidProtocolBufferException;
import org.junit.jupiter.api.Test;

class TypicalFrameTest {
    @Test
    void stepsSequenceAndStampWithinItsBytes() throws InvalidProtocolBufferException {
        TypicalFrame frame = new TypicalFrame(7);
        Sample before = Samples.parseFrom(frame.bytes()).getSamples(0);
        frame.next(before.getEndMillis() + 1_000);
        Sample after = Samples.parseFrom(frame.bytes()).getSamples(0);
        assertThat(after)
                .isEqualTo(before.toBuilder()
                        .setSequence(before.getSequence() + 1)
                        .setEndMillis(before.getEndMillis() + 1_000)
                        .build());
        assertThat(frame.bytes().length).as("bytes of an ordinary second").isLessThan(400);
    }

    @Test
    void benchmarksRunOnce() throws Exception {
        SampleParserBenchmark parser = new SampleParserBenchmark();
        assertThat(parser.cursorIntoSlot().sequence())
                .isEqualTo(parser.generatedClasses().getSamples(0).getSequence());
        IngestRingBenchmark ring = new IngestRingBenchmark();
        ring.start();
        for (int i = 0; i < 20_000; i++) {
            ring.bytesThroughAllHandlers();
        }
        ring.stop();
    }
}
