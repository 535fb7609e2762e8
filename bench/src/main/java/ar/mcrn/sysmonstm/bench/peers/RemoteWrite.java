package ar.mcrn.sysmonstm.bench.peers;

import ar.mcrn.sysmonstm.contract.MetricKey;
import ar.mcrn.sysmonstm.loadgen.SimulatedMachine;
import ar.mcrn.sysmonstm.v1.Sample;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.xerial.snappy.Snappy;

/**
 * One machine's part of a Prometheus remote-write 1.0 request (prometheus/prometheus {@code prompb/remote.proto}): a series for each
 * value, with its labels encoded once. Not for several threads.
 */
final class RemoteWrite {
    private static final int SERIES = tag(1, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    private static final int LABEL = tag(1, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    private static final int SAMPLE = tag(2, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    private static final int VALUE = tag(1, WireFormat.WIRETYPE_FIXED64);
    private static final int TIME = tag(2, WireFormat.WIRETYPE_VARINT);

    private final SimulatedMachine machine;
    private final HostValues values;
    private final List<byte[]> labels = new ArrayList<>();
    private int written;

    RemoteWrite(SimulatedMachine machine, HostValues values) throws IOException {
        this.machine = machine;
        this.values = values;
        for (MetricKey key : HostValues.series(machine.inventory())) {
            labels.add(labels(key, machine.name()));
        }
    }

    private static int tag(int field, int type) {
        return field << 3 | type;
    }

    /** Labels in the order of their names, as receivers require. */
    static byte[] labels(MetricKey key, String instance) throws IOException {
        Map<String, String> all = new TreeMap<>(key.attributes());
        all.put("__name__", key.metric().replace('.', '_'));
        all.put("instance", instance);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        for (Map.Entry<String, String> label : all.entrySet()) {
            out.writeUInt32NoTag(LABEL);
            out.writeUInt32NoTag(CodedOutputStream.computeStringSize(1, label.getKey())
                    + CodedOutputStream.computeStringSize(2, label.getValue()));
            out.writeString(1, label.getKey());
            out.writeString(2, label.getValue());
        }
        out.flush();
        return bytes.toByteArray();
    }

    /** Appends a sample to a request; returns the number of its values. */
    int append(long sequence, CodedOutputStream out) throws IOException {
        Sample sample = machine.sample(sequence);
        written = 0;
        values.read(sample, (series, value) -> {
            try {
                append(labels.get(series), value, sample.getEndMillis(), out);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            written++;
        });
        return written;
    }

    private static void append(byte[] labels, long value, long timeMillis, CodedOutputStream out) throws IOException {
        int length = 1 + Double.BYTES + 1 + CodedOutputStream.computeInt64SizeNoTag(timeMillis);
        out.writeUInt32NoTag(SERIES);
        out.writeUInt32NoTag(labels.length + 1 + CodedOutputStream.computeUInt32SizeNoTag(length) + length);
        out.writeRawBytes(labels);
        out.writeUInt32NoTag(SAMPLE);
        out.writeUInt32NoTag(length);
        out.writeUInt32NoTag(VALUE);
        out.writeDoubleNoTag((double) value);
        out.writeUInt32NoTag(TIME);
        out.writeInt64NoTag(timeMillis);
    }

    /** A request with one sample of each of these machines, compressed as the protocol wants it. */
    static Request request(List<RemoteWrite> machines, long sequence) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(machines.size() * 8_192);
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        int values = 0;
        for (RemoteWrite machine : machines) {
            values += machine.append(sequence, out);
        }
        out.flush();
        return new Request(Snappy.compress(bytes.toByteArray()), values);
    }

    /**
     * What is sent.
     *
     * @param body compressed by snappy in block format
     * @param values in it
     */
    record Request(byte[] body, int values) {}
}
