package ar.mcrn.sysmonstm.ops.systemtests.faults;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * An intact file of an agent's spool and the samples in it, read by the layout alone (as the agent's {@code SegmentFormat} draws it)
 * and not by the agent's code.
 *
 * @param path of the file
 * @param samples in the order written
 */
public record SpoolFile(Path path, List<Entry> samples) {
    private static final int FILE_HEADER = 24;
    private static final int RECORD_HEADER = 12;
    private static final int KIND_AT = 6;
    private static final int LENGTH_AT = 8;
    private static final byte HEAD = 1;
    private static final byte SAMPLE = 3;
    private static final byte CORRECTION = 8;

    /**
     * Where a sample lies.
     *
     * @param run of it
     * @param sequence of it
     * @param from first byte of its record
     * @param to first byte after it
     */
    public record Entry(long run, int sequence, int from, int to) {}

    /** Files of a spool that samples lie in, oldest first. */
    public static List<SpoolFile> of(Path spool) throws IOException {
        List<SpoolFile> found = new ArrayList<>();
        try (var files = Files.list(spool)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".spool"))
                    .sorted()
                    .toList()) {
                SpoolFile read = read(file);
                if (!read.samples().isEmpty()) {
                    found.add(read);
                }
            }
        }
        return found;
    }

    private static SpoolFile read(Path file) throws IOException {
        List<Entry> samples = new ArrayList<>();
        walk(file, (bytes, kind, at, end) -> {
            if (kind == SAMPLE) {
                samples.add(new Entry(
                        bytes.getLong(at + RECORD_HEADER), (int) bytes.getLong(at + RECORD_HEADER + 8), at, end));
            }
        });
        return new SpoolFile(file, List.copyOf(samples));
    }

    /** What a spool says last of the error of its agent's wall clock. */
    static Duration correction(Path spool) throws IOException {
        List<Long> micros = new ArrayList<>();
        try (var files = Files.list(spool)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".spool"))
                    .sorted()
                    .toList()) {
                walk(file, (bytes, kind, at, end) -> {
                    if (kind == CORRECTION) {
                        micros.add(bytes.getLong(at + RECORD_HEADER));
                    } else if (kind == HEAD) {
                        micros.add(bytes.getLong(at + RECORD_HEADER + 8));
                    }
                });
            }
        }
        if (micros.isEmpty()) {
            throw new IOException(spool + " holds no correction of a clock");
        }
        return Duration.of(micros.getLast(), ChronoUnit.MICROS);
    }

    private static void walk(Path file, Records to) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        int at = FILE_HEADER;
        while (at + RECORD_HEADER <= bytes.limit()) {
            int end = at + RECORD_HEADER + bytes.getInt(at + LENGTH_AT);
            if (end > bytes.limit()) {
                return;
            }
            to.record(bytes, bytes.get(at + KIND_AT), at, end);
            at = end;
        }
    }

    /** Hears of whole records. */
    @FunctionalInterface
    private interface Records {
        void record(ByteBuffer bytes, byte kind, int at, int end);
    }

    /** Sequences of the samples that have a byte in this part of the file. */
    public BitSet within(long from, long to) {
        BitSet hit = new BitSet();
        samples.stream()
                .filter(sample -> sample.from() < to && sample.to() > from)
                .forEach(sample -> hit.set(sample.sequence()));
        return hit;
    }

    /** Sequences of all its samples. */
    public BitSet all() {
        return within(0, Long.MAX_VALUE);
    }
}
