package ar.mcrn.sysmonstm.loadgen;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/**
 * Latencies of each window as an HdrHistogram log (format 1.3), tags {@code ack} and {@code frame}, in microseconds, shown in
 * milliseconds: what HdrHistogram's own tools read.
 */
final class LatencyLog implements AutoCloseable {

    private static final double MICROS_PER_MILLI = 1_000;

    private final Optional<HistogramLogWriter> writer;
    private final long startMillis;

    /**
     * @param file empty for none
     * @param startMillis of the run, Unix milliseconds
     */
    LatencyLog(Optional<Path> file, long startMillis) throws IOException {
        this.startMillis = startMillis;
        writer =
                file.isPresent() ? Optional.of(new HistogramLogWriter(file.get().toFile())) : Optional.empty();
        writer.ifPresent(log -> {
            log.outputComment(
                    "sysmonstm loadgen: sample to acknowledgement (ack), sample to frame (frame), microseconds");
            log.outputLogFormatVersion();
            log.outputStartTime(startMillis);
            log.setBaseTime(startMillis);
            log.outputLegend();
        });
    }

    void window(String tag, Histogram micros) {
        if (micros.getTotalCount() > 0) {
            micros.setTag(tag);
            writer.ifPresent(log -> log.outputIntervalHistogram(
                    seconds(micros.getStartTimeStamp()), seconds(micros.getEndTimeStamp()), micros, MICROS_PER_MILLI));
        }
    }

    /** Since the start, which is the log's base time. */
    private double seconds(long unixMillis) {
        return (unixMillis - startMillis) / 1_000.0;
    }

    @Override
    public void close() {
        writer.ifPresent(HistogramLogWriter::close);
    }
}
