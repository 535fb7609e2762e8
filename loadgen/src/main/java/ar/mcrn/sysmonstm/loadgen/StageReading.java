package ar.mcrn.sysmonstm.loadgen;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * What the stages' histograms of aggregator and api held at one moment, since their start; two readings make a stretch of
 * time. A port that does not answer, or a service that does not measure a stage, leaves it out.
 *
 * @param stages nanoseconds
 */
record StageReading(Map<Stage, Histogram> stages) {

    private static final double NANOS_PER_MILLI = 1_000_000;

    /** Asks both ports, one after the other. */
    static StageReading now(Optional<URI> admin, Optional<URI> apiAdmin) throws InterruptedException {
        Map<Stage, Histogram> stages = new EnumMap<>(Stage.class);
        if (admin.isPresent()) {
            AdminPort.get(admin.get(), "/histograms").ifPresent(text -> parse(text, true, stages));
        }
        if (apiAdmin.isPresent()) {
            AdminPort.get(apiAdmin.get(), "/histograms").ifPresent(text -> parse(text, false, stages));
        }
        return new StageReading(stages);
    }

    /** Takes those of the aggregator or those of the api from what its port says; lines that are no histogram are passed over. */
    static void parse(String text, boolean ofAggregator, Map<Stage, Histogram> into) {
        text.lines().forEach(line -> {
            int blank = line.lastIndexOf(' ');
            for (Stage stage : Stage.values()) {
                if (blank > 0 && stage.isOfAggregator() == ofAggregator && stage.isIn(line.substring(0, blank))) {
                    decode(line.substring(blank + 1)).ifPresent(histogram -> into.put(stage, histogram));
                }
            }
        });
    }

    private static Optional<Histogram> decode(String base64) {
        try {
            return Optional.of(Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(base64)), 0));
        } catch (DataFormatException | RuntimeException notAHistogram) {
            return Optional.empty();
        }
    }

    /** What passed between this reading and a later one, in order; without stages through which nothing did, or whose service began anew. */
    Map<String, StageLatency> until(StageReading later) {
        Map<String, StageLatency> between = new LinkedHashMap<>();
        later.stages().forEach((stage, after) -> {
            Histogram passed = after.copy();
            Histogram before = stages.get(stage);
            try {
                if (before != null) {
                    passed.subtract(before);
                    if (passed.getTotalCount() > 0) {
                        between.put(stage.jsonName(), StageLatency.of(passed, NANOS_PER_MILLI));
                    }
                }
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException beganAnew) {
                // It holds less than before: the two say nothing of the time between.
            }
        });
        return between;
    }
}
