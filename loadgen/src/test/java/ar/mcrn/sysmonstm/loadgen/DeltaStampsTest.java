package ar.mcrn.sysmonstm.loadgen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeltaStampsTest {

    private final DeltaStamps stamps = new DeltaStamps("load-1-");

    @Test
    void samplesOfOurMachinesCount() throws IOException {
        String frame = delta(1, """
                "load-1-0":{"time":1000,"system.cpu.utilization":0.5},"web":{"time":5,"a":{"b":[1]}},\
                "load-1-1":{"state":"up","time":2000},"load-1-2":{"state":"down","time":3000},"load-1-3":{"alerts":1}""");
        assertThat(stamps.read(frame)).containsExactly(1000, 2000);
    }

    @Test
    void framesThatDifferInTheirSequenceAreEqual() throws IOException {
        long[] first = stamps.read(delta(1, "\"load-1-0\":{\"time\":1000}"));
        assertThat(stamps.read(delta(20, "\"load-1-0\":{\"time\":1000}"))).isSameAs(first);
        assertThat(stamps.read(delta(21, "\"load-1-0\":{\"time\":1001}"))).containsExactly(1001);
        assertThat(stamps.read(delta(2, "\"load-1-0\":{\"time\":1000}"))).containsExactly(1000);
    }

    @Test
    void aLargeFleetIsReadWhole() throws IOException {
        String machines = IntStream.range(0, 1_000)
                .mapToObj(index -> "\"load-1-%d\":{\"time\":%d}".formatted(index, index))
                .collect(Collectors.joining(","));
        assertThat(stamps.read(delta(1, machines)))
                .containsExactly(IntStream.range(0, 1_000).asLongStream().toArray());
    }

    @Test
    void otherFramesHaveNone() throws IOException {
        assertThat(stamps.read("{\"type\":\"snapshot\",\"sequence\":1,\"machines\":{\"load-1-0\":{\"time\":1}}}"))
                .isEmpty();
    }

    @Test
    void whatIsNoJsonIsSaid() {
        assertThatThrownBy(() -> stamps.read("{\"type\":\"delta\",\"sequence\":1,\"machines\":{"))
                .isInstanceOf(IOException.class);
    }

    private static String delta(int sequence, String machines) {
        return "{\"type\":\"delta\",\"sequence\":%d,\"machines\":{%s}}".formatted(sequence, machines);
    }
}
