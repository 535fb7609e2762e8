package ar.mcrn.sysmonstm.loadgen;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * Lines over time, from 0 on both axes unless the vertical one is logarithmic, missing values as gaps. The lines are SVG that takes any width; the labels are text
 * beside it, so that they can be read on a narrow screen too.
 */
final class LineChart {

    /** Colours that {@link ReportStyle} has. */
    static final int COLOURS = 8;

    private static final int WIDTH = 1_000;
    private static final int HEIGHT = 200;
    private static final int MARKS = 5;
    private static final int[] SECONDS = {
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200
    };
    private static final int DAY = 86_400;

    private final String title;
    private final String unit;
    private final List<Double> seconds;
    private final Map<String, List<Double>> lines = new LinkedHashMap<>();
    private boolean logarithmic;

    /** @param seconds since the start, ascending, one for each value of each line */
    LineChart(String title, String unit, List<Double> seconds) {
        this.title = title;
        this.unit = unit;
        this.seconds = seconds;
    }

    /** Adds a line; null = not measured. A line without values is left out, and so is a ninth. */
    LineChart line(String name, List<Double> values) {
        if (lines.size() < COLOURS && values.stream().anyMatch(value -> value != null)) {
            lines.put(name, values);
        }
        return this;
    }

    /** Makes the vertical axis logarithmic, from the power of ten below the least value; what is 0 lies on its foot. */
    LineChart logarithmic() {
        logarithmic = true;
        return this;
    }

    /** HTML of the chart; empty without lines. */
    String html() {
        if (lines.isEmpty() || seconds.size() < 2) {
            return "";
        }
        Axis axis = logarithmic
                ? Axis.logarithmic(
                        values().filter(value -> value > 0).min().orElse(1),
                        values().max().orElse(1))
                : Axis.fromZero(values().max().orElse(1));
        double span = Math.max(seconds.getLast(), 1);
        StringBuilder html = new StringBuilder("<figure><figcaption>").append(ReportPage.escape(title));
        html.append(", ").append(ReportPage.escape(unit)).append("</figcaption>");
        html.append(key(List.copyOf(lines.keySet())));
        html.append("<div class=\"plot\">");
        StringBuilder grid = new StringBuilder();
        axis.marks().forEach((value, label) -> {
            double share = axis.share(value);
            html.append(String.format(
                    Locale.ROOT, "<span class=\"y\" style=\"bottom:%.2f%%\">%s</span>", share * 100, label));
            grid.append(String.format(Locale.ROOT, "M0 %.1fH%d", HEIGHT - share * HEIGHT, WIDTH));
        });
        double every = timeStep(span);
        for (int i = 0; i * every <= span; i++) {
            html.append(String.format(
                    Locale.ROOT,
                    "<span class=\"x\" style=\"left:%.2f%%\">%s</span>",
                    i * every / span * 100,
                    time(i * every, every)));
        }
        html.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"%s, at most %s %s\">",
                WIDTH,
                HEIGHT,
                ReportPage.escape(title),
                Digits.of(values().max().orElse(0)),
                ReportPage.escape(unit)));
        html.append("<path class=\"grid\" d=\"").append(grid).append("\"/>");
        int colour = 0;
        for (List<Double> line : lines.values()) {
            draw(html, line, axis, span, colour++);
        }
        return html.append("</svg></div></figure>\n").toString();
    }

    private DoubleStream values() {
        return lines.values().stream()
                .flatMap(List::stream)
                .filter(value -> value != null)
                .mapToDouble(Double::doubleValue);
    }

    /** What the colours mean, in their order. */
    static String key(List<String> names) {
        StringBuilder html = new StringBuilder("<p class=\"key\">");
        for (int i = 0; i < names.size(); i++) {
            html.append("<span class=\"c").append(i % COLOURS).append("\">");
            html.append(ReportPage.escape(names.get(i))).append("</span> ");
        }
        return html.append("</p>").toString();
    }

    private static double timeStep(double span) {
        for (int step : SECONDS) {
            if (span / step <= MARKS) {
                return step;
            }
        }
        return Math.ceil(span / DAY / MARKS) * DAY;
    }

    private static String time(double seconds, double step) {
        if (seconds == 0) {
            return "0";
        }
        return step >= 3_600
                ? Digits.mark(seconds / 3_600, 1) + " h"
                : step >= 60 ? Digits.mark(seconds / 60, 1) + " min" : Digits.mark(seconds, 1) + " s";
    }

    /** A value between two gaps is a dot. */
    private void draw(StringBuilder html, List<Double> values, Axis axis, double span, int colour) {
        StringBuilder path = new StringBuilder();
        StringBuilder dots = new StringBuilder();
        boolean drawing = false;
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) == null) {
                drawing = false;
                continue;
            }
            boolean alone = !drawing && (i + 1 == values.size() || values.get(i + 1) == null);
            (alone ? dots : path)
                    .append(String.format(
                            Locale.ROOT,
                            "%s%.1f %.1f%s",
                            drawing ? "L" : "M",
                            seconds.get(i) / span * WIDTH,
                            HEIGHT - axis.share(values.get(i)) * HEIGHT,
                            alone ? "h0" : ""));
            drawing = true;
        }
        html.append("<path class=\"c")
                .append(colour)
                .append("\" d=\"")
                .append(path)
                .append("\"/>");
        if (!dots.isEmpty()) {
            html.append("<path class=\"dot c")
                    .append(colour)
                    .append("\" d=\"")
                    .append(dots)
                    .append("\"/>");
        }
    }
}
