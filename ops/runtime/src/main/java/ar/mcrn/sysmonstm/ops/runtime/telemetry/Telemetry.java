package ar.mcrn.sysmonstm.ops.runtime.telemetry;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;

/**
 * All self-metrics of a process. Each service registers under its own value of the label {@code service}, so that several
 * services in one process share one exposition. Registration and exposition may be done by any thread.
 *
 * <p>Names begin with {@code sysmonstm_} and follow Prometheus naming: counters are given without {@code _total},
 * histograms without {@code _seconds} (both are added), base units.
 */
public final class Telemetry {
    private final String service;
    private final Registry registry;

    /** The first service of a process; also registers the JVM's own metrics. */
    public Telemetry(String service) {
        this(service, new Registry());
        JvmMetrics.register(this);
    }

    private Telemetry(String service, Registry registry) {
        this.service = service;
        this.registry = registry;
    }

    /** The same exposition under another value of the label {@code service}. */
    public Telemetry forService(String name) {
        return new Telemetry(name, registry);
    }

    /**
     * Makes and registers a counter; the same name and labels again give the same counter.
     *
     * @param name without {@code _total}
     * @param labelPairs name, value, name, value ...
     * @throws IllegalArgumentException where the name is in use for another kind
     */
    public Counter counter(String name, String help, String... labelPairs) {
        return registry.register(name, help, labels(labelPairs), Counter.class, new Counter());
    }

    /** Registers a value that is read at exposition; NaN is left out. Another supplier replaces the earlier one. */
    public void gauge(String name, String help, DoubleSupplier value, String... labelPairs) {
        registry.replace(name, help, labels(labelPairs), DoubleSupplier.class, value);
    }

    /** Makes and registers a counter that someone else keeps, read at exposition. */
    public void counterFrom(String name, String help, DoubleSupplier value, String... labelPairs) {
        registry.replace(name, help, labels(labelPairs), CounterSource.class, new CounterSource(value));
    }

    /** Makes and registers a histogram of durations, exposed as a summary in seconds named {@code NAME_seconds}. */
    public StageHistogram histogram(String name, String help, String... labelPairs) {
        return registry.register(
                name + "_seconds", help, labels(labelPairs), StageHistogram.class, new StageHistogram());
    }

    /** Everything in Prometheus text format 0.0.4. */
    public String text() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(16_384);
        try {
            PrometheusTextFormatWriter.create().write(bytes, registry.snapshots(), EscapingScheme.UNDERSCORE_ESCAPING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /**
     * Every histogram whole, since the start, one a line: {@code NAME_seconds{label="value",...} BASE64}, where the second is
     * HdrHistogram's compressed form in nanoseconds. Who asks twice can subtract, and has any stretch of time exactly.
     */
    public String histograms() {
        StringBuilder text = new StringBuilder(16_384);
        registry.histograms()
                .forEach((series, histogram) -> text.append(series)
                        .append(' ')
                        .append(Base64.getEncoder().encodeToString(histogram.encoded()))
                        .append('\n'));
        return text.toString();
    }

    private Labels labels(String... pairs) {
        String[] all = new String[pairs.length + 2];
        all[0] = "service";
        all[1] = service;
        System.arraycopy(pairs, 0, all, 2, pairs.length);
        return Labels.of(all);
    }

    private record CounterSource(DoubleSupplier value) {}

    /** One family of instruments: all of one kind, told apart by labels. */
    private record Family(String help, Class<?> kind, Map<Labels, Object> instruments) {}

    private static final class Registry {
        private final Map<String, Family> families = new TreeMap<>();

        synchronized <T> T register(String name, String help, Labels labels, Class<T> kind, T instrument) {
            Object present = family(name, help, kind).instruments().putIfAbsent(labels, instrument);
            return present == null ? instrument : kind.cast(present);
        }

        synchronized <T> void replace(String name, String help, Labels labels, Class<T> kind, T instrument) {
            family(name, help, kind).instruments().put(labels, instrument);
        }

        private Family family(String name, String help, Class<?> kind) {
            Family family = families.computeIfAbsent(name, n -> new Family(help, kind, new TreeMap<>()));
            if (!family.kind().equals(kind)) {
                throw new IllegalArgumentException("BUG: metric registered as two kinds: name=" + name);
            }
            return family;
        }

        synchronized Map<String, StageHistogram> histograms() {
            Map<String, StageHistogram> histograms = new LinkedHashMap<>();
            families.forEach((name, family) -> family.instruments().forEach((labels, instrument) -> {
                if (instrument instanceof StageHistogram histogram) {
                    String series = labels.stream()
                            .map(label -> label.getName() + "=\"" + label.getValue() + '"')
                            .collect(Collectors.joining(",", name + "{", "}"));
                    histograms.put(series, histogram);
                }
            }));
            return histograms;
        }

        MetricSnapshots snapshots() {
            List<MetricSnapshot> snapshots = new ArrayList<>();
            Map<String, Family> copy = new TreeMap<>();
            synchronized (this) {
                families.forEach((name, family) ->
                        copy.put(name, new Family(family.help(), family.kind(), new TreeMap<>(family.instruments()))));
            }
            copy.forEach((name, family) -> snapshots.add(snapshot(name, family)));
            return new MetricSnapshots(snapshots);
        }

        private static MetricSnapshot snapshot(String name, Family family) {
            if (family.kind().equals(DoubleSupplier.class)) {
                GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(family.help());
                family.instruments().forEach((labels, instrument) -> {
                    double value = ((DoubleSupplier) instrument).getAsDouble();
                    if (!Double.isNaN(value)) {
                        gauge.dataPoint(GaugeDataPointSnapshot.builder()
                                .labels(labels)
                                .value(value)
                                .build());
                    }
                });
                return gauge.build();
            }
            if (family.kind().equals(StageHistogram.class)) {
                SummarySnapshot.Builder summary =
                        SummarySnapshot.builder().name(name).help(family.help());
                family.instruments().forEach((labels, instrument) -> {
                    StageHistogram.Snapshot taken = ((StageHistogram) instrument).snapshot();
                    summary.dataPoint(SummaryDataPointSnapshot.builder()
                            .labels(labels)
                            .count(taken.count())
                            .sum(taken.sumSeconds())
                            .quantiles(taken.quantiles())
                            .build());
                });
                return summary.build();
            }
            CounterSnapshot.Builder counter =
                    CounterSnapshot.builder().name(name).help(family.help());
            family.instruments()
                    .forEach((labels, instrument) -> counter.dataPoint(CounterDataPointSnapshot.builder()
                            .labels(labels)
                            .value(
                                    instrument instanceof Counter c
                                            ? c.value()
                                            : ((CounterSource) instrument)
                                                    .value()
                                                    .getAsDouble())
                            .build()));
            return counter.build();
        }
    }
}
