package ar.mcrn.sysmonstm.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * What a run has measured, small enough to be committed as the baseline of later ones.
 *
 * @param date of the run
 * @param java version of the JVM
 * @param processors it had
 * @param benchmarks by name with parameters
 */
record Figures(String date, String java, int processors, SortedMap<String, Figure> benchmarks) {
    private static final String BASELINE = "baseline.json";
    private static final String ALLOCATION = "gc.alloc.rate.norm";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * One benchmark.
     *
     * @param nanos per operation
     * @param error half of its 99.9 % confidence interval, nanoseconds
     * @param bytes allocated per operation by all threads together
     */
    record Figure(double nanos, double error, double bytes) {
        double low() {
            return nanos - error;
        }

        double high() {
            return nanos + error;
        }
    }

    /** What JMH has measured. */
    static Figures of(Collection<RunResult> results) {
        return new Figures(
                LocalDate.now(ZoneOffset.UTC).toString(),
                Runtime.version().toString(),
                Runtime.getRuntime().availableProcessors(),
                results.stream().collect(Collectors.toMap(Figures::name, Figures::figure, (a, b) -> b, TreeMap::new)));
    }

    /** The committed ones. */
    static Figures baseline() throws IOException {
        try (InputStream in = Figures.class.getResourceAsStream(BASELINE)) {
            if (in == null) {
                throw new IllegalStateException("BUG: no " + BASELINE + " in this build");
            }
            return JSON.readValue(in, Figures.class);
        }
    }

    /** Reads what {@link #save} wrote. */
    static Figures read(Path file) throws IOException {
        return JSON.readValue(file.toFile(), Figures.class);
    }

    /** Writes them. */
    void save(Path file) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(this) + "\n");
    }

    private static String name(RunResult result) {
        String benchmark = result.getParams().getBenchmark();
        String parameters = result.getParams().getParamsKeys().stream()
                .map(key -> key + "=" + result.getParams().getParam(key))
                .collect(Collectors.joining(","));
        String name = benchmark.substring(benchmark.lastIndexOf('.', benchmark.lastIndexOf('.') - 1) + 1);
        return parameters.isEmpty() ? name : name + "{" + parameters + "}";
    }

    private static Figure figure(RunResult result) {
        Result<?> allocation = result.getSecondaryResults().get(ALLOCATION);
        return new Figure(
                rounded(result.getPrimaryResult().getScore()),
                rounded(result.getPrimaryResult().getScoreError()),
                allocation == null ? 0 : rounded(allocation.getScore()));
    }

    private static double rounded(double value) {
        return Double.isFinite(value) ? Math.rint(value * 10) / 10 : 0;
    }
}
