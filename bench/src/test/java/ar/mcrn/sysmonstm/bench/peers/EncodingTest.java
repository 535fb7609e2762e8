package ar.mcrn.sysmonstm.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.MetricKey;
import ar.mcrn.sysmonstm.loadgen.SimulatedMachine;
import ar.mcrn.sysmonstm.v1.Sample;
import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;

class EncodingTest {
    private static final long START = 1_763_688_000_000L;
    private static final int MINUTE = 60;

    private final SimulatedMachine machine = SimulatedMachine.of(1, 0, START, 1_000);
    private final List<MetricKey> series = HostValues.series(machine.inventory());

    @Test
    void everyKeyIsASeriesOfItsOwn() {
        assertThat(series).doesNotHaveDuplicates();
        assertThat(series.stream().map(MetricKey::toString))
                .contains(
                        "system.cpu.utilization{logical_number=3}",
                        "system.disk.io{device=sdb,direction=write}",
                        "system.uptime");
    }

    @Test
    void aSampleHoldsHostValuesAndDevicesWhenTheyAreKeptOrSeen() {
        for (boolean live : new boolean[] {false, true}) {
            Map<Integer, Integer> seen = new HashMap<>();
            for (int sequence = MINUTE + 1; sequence <= 2 * MINUTE; sequence++) {
                Map<Integer, Long> values = values(machine.sample(sequence), live);
                values.keySet().forEach(each -> seen.merge(each, 1, Integer::sum));
            }
            assertThat(seen.get(HostColumn.CPU_TOTAL.wire())).isEqualTo(MINUTE);
            int disk = series.indexOf(MetricKey.parse("system.disk.io{device=sdb,direction=write}"));
            int peak = series.indexOf(MetricKey.parse("system.disk.io.peak{device=sdb,direction=write}"));
            assertThat(seen.get(disk)).isEqualTo(live ? MINUTE : MINUTE / 10);
            assertThat(seen.get(peak)).isEqualTo(live ? null : (Integer) (MINUTE / 10));
        }
    }

    @Test
    void aPlanKnowsHowManyValuesASampleHas() {
        Plan stored = new Plan(3, 1, 5, 1, false, false);
        Plan live = new Plan(3, 1, 5, 1, true, false);
        double kept = stored.valuesPerSample(PeerKind.PROMETHEUS);
        assertThat(kept).isBetween(60.0, 70.0);
        assertThat(live.valuesPerSample(PeerKind.PROMETHEUS)).isBetween(85.0, 105.0);
        assertThat(live.valuesPerSample(PeerKind.SYSMONSTM)).isEqualTo(kept);
    }

    @Test
    void aRemoteWriteRequestHoldsEveryValueWithItsLabelsInOrder() throws IOException {
        RemoteWrite.Request request = RemoteWrite.request(List.of(new RemoteWrite(machine, new HostValues(false))), 70);
        Sample sample = machine.sample(70);
        Map<String, Double> expected = new HashMap<>();
        values(sample, false).forEach((number, value) -> expected.put(labels(series.get(number)), (double) value));
        CodedInputStream in = CodedInputStream.newInstance(Snappy.uncompress(request.body()));
        Map<String, Double> read = new HashMap<>();
        while (!in.isAtEnd()) {
            assertThat(in.readTag()).isEqualTo(1 << 3 | 2);
            readSeries(CodedInputStream.newInstance(in.readByteArray()), sample.getEndMillis(), read);
        }
        assertThat(read).isEqualTo(expected);
        assertThat(request.values()).isEqualTo(expected.size());
    }

    @Test
    void aKeyValueMessageHoldsEveryValueByName() throws IOException {
        CodedInputStream in =
                CodedInputStream.newInstance(new KeyValueMessage(machine, new HostValues(false)).bytes(70));
        Map<String, Double> read = new HashMap<>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag >>> 3) {
                case 1 -> assertThat(in.readString()).isEqualTo(machine.name());
                case 2 ->
                    assertThat(in.readInt64()).isEqualTo(machine.sample(70).getEndMillis());
                default -> {
                    CodedInputStream metric = CodedInputStream.newInstance(in.readByteArray());
                    metric.readTag();
                    String name = metric.readString();
                    metric.readTag();
                    read.put(name, metric.readDouble());
                }
            }
        }
        Map<String, Double> expected = new HashMap<>();
        values(machine.sample(70), false)
                .forEach((number, value) -> expected.put(series.get(number).toString(), (double) value));
        assertThat(read).isEqualTo(expected);
    }

    @Test
    void prometheusHasItsOptionByVersion() {
        assertThat(RemoteWritePeer.receiver("2.42.0+ds-5")).isEqualTo("--web.enable-remote-write-receiver");
        assertThat(RemoteWritePeer.receiver("2.26.1")).isEqualTo("--enable-feature=remote-write-receiver");
        assertThat(RemoteWritePeer.receiver("3.1.0")).isEqualTo("--web.enable-remote-write-receiver");
    }

    private static Map<Integer, Long> values(Sample sample, boolean live) {
        Map<Integer, Long> values = new HashMap<>();
        new HostValues(live)
                .read(
                        sample,
                        (number, value) -> assertThat(values.put(number, value)).isNull());
        return values;
    }

    private String labels(MetricKey key) {
        Map<String, String> all = new TreeMap<>(key.attributes());
        all.put("__name__", key.metric().replace('.', '_'));
        all.put("instance", machine.name());
        return all.toString();
    }

    private static void readSeries(CodedInputStream in, long stamp, Map<String, Double> read) throws IOException {
        Map<String, String> labels = new LinkedHashMap<>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            CodedInputStream part = CodedInputStream.newInstance(in.readByteArray());
            part.readTag();
            if (tag >>> 3 == 1) {
                String name = part.readString();
                part.readTag();
                labels.put(name, part.readString());
            } else {
                double value = part.readDouble();
                part.readTag();
                assertThat(part.readInt64()).isEqualTo(stamp);
                assertThat(new ArrayList<>(labels.keySet())).isSorted();
                read.put(labels.toString(), value);
            }
        }
    }
}
