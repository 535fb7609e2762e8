package ar.mcrn.sysmonstm.bench.peers;

import ar.mcrn.sysmonstm.contract.MetricKey;
import ar.mcrn.sysmonstm.loadgen.SimulatedMachine;
import ar.mcrn.sysmonstm.v1.Sample;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A sample as the Python server takes it: {@code message Metrics { string machine = 1; int64 time_millis = 2; repeated Metric
 * metrics = 3; }} of {@code message Metric { string name = 1; double value = 2; }}. Not for several threads.
 */
final class KeyValueMessage {
    private final SimulatedMachine machine;
    private final HostValues values;
    private final List<String> names;

    KeyValueMessage(SimulatedMachine machine, HostValues values) {
        this.machine = machine;
        this.values = values;
        this.names = HostValues.series(machine.inventory()).stream()
                .map(MetricKey::toString)
                .toList();
    }

    byte[] bytes(long sequence) throws IOException {
        Sample sample = machine.sample(sequence);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(8_192);
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeString(1, machine.name());
        out.writeInt64(2, sample.getEndMillis());
        values.read(sample, (series, value) -> {
            try {
                String name = names.get(series);
                out.writeTag(3, com.google.protobuf.WireFormat.WIRETYPE_LENGTH_DELIMITED);
                out.writeUInt32NoTag(CodedOutputStream.computeStringSize(1, name)
                        + CodedOutputStream.computeDoubleSize(2, (double) value));
                out.writeString(1, name);
                out.writeDouble(2, (double) value);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        out.flush();
        return bytes.toByteArray();
    }
}
