package ar.mcrn.sysmonstm.bench;

import ar.mcrn.sysmonstm.bench.Figures.Figure;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Figures of a run beside those of a baseline. The baseline's times are scaled by what the yardstick says of this machine now;
 * bytes are exact and are not. What memory does is told, for it cannot be scaled away.
 */
final class FigureTable {
    private static final String YARDSTICK = "YardstickBenchmark.varints";
    private static final String MEMORY = "YardstickBenchmark.reads";
    private static final double SAME = 0.1;
    private static final double SAME_BYTES = 1;

    private final Figures now;
    private final Figures baseline;

    FigureTable(Figures now, Figures baseline) {
        this.now = now;
        this.baseline = baseline;
    }

    /** One line per benchmark. */
    String text() {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%-48s %12s %10s %12s %10s %7s %10s %10s  %s%n",
                "benchmark",
                "ns/op",
                "+- error",
                "baseline",
                "+- error",
                "ratio",
                "B/op",
                "baseline",
                "verdict"));
        double scale = slower(YARDSTICK).orElse(1);
        now.benchmarks().forEach((name, figure) -> {
            Figure before = baseline.benchmarks().get(name);
            table.append(
                    before == null
                            ? String.format(
                                    Locale.ROOT,
                                    "%-48s %12.1f %10.1f %12s %10s %7s %10.1f %10s  new%n",
                                    name,
                                    figure.nanos(),
                                    figure.error(),
                                    "-",
                                    "-",
                                    "-",
                                    figure.bytes(),
                                    "-")
                            : line(name, figure, scaled(before, scale)));
        });
        return table.append(String.format(
                        Locale.ROOT,
                        "baseline of %s, Java %s, %d processors; its times x %.2f, as the yardstick says; %s%n",
                        baseline.date(),
                        baseline.java(),
                        baseline.processors(),
                        scale,
                        memory()))
                .toString();
    }

    private static String line(String name, Figure figure, Figure before) {
        return String.format(
                Locale.ROOT,
                "%-48s %12.1f %10.1f %12.1f %10.1f %7.2f %10.1f %10.1f  %s%n",
                name,
                figure.nanos(),
                figure.error(),
                before.nanos(),
                before.error(),
                figure.nanos() / before.nanos(),
                figure.bytes(),
                before.bytes(),
                verdict(figure, before));
    }

    private String memory() {
        OptionalDouble slower = slower(MEMORY);
        return slower.isEmpty()
                ? "readings of memory not compared"
                : String.format(Locale.ROOT, "a reading of memory takes x %.2f", slower.getAsDouble());
    }

    /** How much slower this machine is now than the baseline's was, as that yardstick says; empty where one lacks it. */
    private OptionalDouble slower(String yardstick) {
        Figure here = now.benchmarks().get(yardstick);
        Figure there = baseline.benchmarks().get(yardstick);
        return here == null || there == null || there.nanos() == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(here.nanos() / there.nanos());
    }

    private static Figure scaled(Figure figure, double scale) {
        return new Figure(figure.nanos() * scale, figure.error() * scale, figure.bytes());
    }

    /** {@code slower} or {@code faster} only where the two confidence intervals are apart and the means by a tenth. */
    static String verdict(Figure figure, Figure before) {
        String time = "same";
        if (figure.low() > before.high() && figure.nanos() > before.nanos() * (1 + SAME)) {
            time = "slower";
        } else if (figure.high() < before.low() && figure.nanos() < before.nanos() * (1 - SAME)) {
            time = "faster";
        }
        boolean more = figure.bytes() > before.bytes() + Math.max(SAME_BYTES, before.bytes() * SAME);
        return more ? time + ", allocates more" : time;
    }
}
