package ar.mcrn.sysmonstm.loadgen;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Lines over time as inline SVG: axes from 0, at most six lines, missing values as gaps. */
final class LineChart {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 170;
    private static final int LEFT = 58;
    private static final int RIGHT = 12;
    private static final int TOP = 10;
    private static final int BOTTOM = 24;
    private static final int STEPS = 4;
    private static final List<String> COLOURS =
            List.of("#3b82f6", "#f59e0b", "#10b981", "#ef4444", "#8b5cf6", "#64748b");

    private final String title;
    private final String unit;
    private final List<Double> seconds;
    private final Map<String, List<Double>> lines = new LinkedHashMap<>();

    /** @param seconds since the start, ascending, one for each value of each line */
    LineChart(String title, String unit, List<Double> seconds) {
        this.title = title;
        this.unit = unit;
        this.seconds = seconds;
    }

    /** Adds a line; null = not measured. A line without values is left out. */
    LineChart line(String name, List<Double> values) {
        if (lines.size() < COLOURS.size() && values.stream().anyMatch(value -> value != null)) {
            lines.put(name, values);
        }
        return this;
    }

    /** HTML of the chart; empty without lines. */
    String html() {
        if (lines.isEmpty() || seconds.size() < 2) {
            return "";
        }
        double most = top(lines.values().stream()
                .flatMap(List::stream)
                .filter(value -> value != null)
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1));
        StringBuilder html = new StringBuilder("<figure><figcaption>").append(ReportPage.escape(title));
        html.append(", ").append(ReportPage.escape(unit)).append("</figcaption><p class=key>");
        List<String> names = new ArrayList<>(lines.keySet());
        for (int i = 0; i < names.size(); i++) {
            html.append("<span style=\"--c:").append(COLOURS.get(i)).append("\">");
            html.append(ReportPage.escape(names.get(i))).append("</span> ");
        }
        html.append("</p><svg viewBox=\"0 0 ")
                .append(WIDTH)
                .append(' ')
                .append(HEIGHT)
                .append("\" role=img aria-label=\"");
        html.append(ReportPage.escape(title)).append("\">");
        axes(html, most);
        for (int i = 0; i < names.size(); i++) {
            html.append("<path d=\"").append(path(lines.get(names.get(i)), most));
            html.append("\" stroke=\"").append(COLOURS.get(i)).append("\"/>");
        }
        return html.append("</svg></figure>\n").toString();
    }

    /** The next of 1, 2, 5, 10 ... above. */
    private static double top(double most) {
        double unit = Math.pow(10, Math.floor(Math.log10(Math.max(most, 1e-3))));
        for (double step : new double[] {1, 2, 5}) {
            if (most <= step * unit) {
                return step * unit;
            }
        }
        return 10 * unit;
    }

    private void axes(StringBuilder svg, double most) {
        for (int i = 0; i <= STEPS; i++) {
            double value = most * i / STEPS;
            double y = y(value, most);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=%d x2=%d y1=%.1f y2=%.1f class=grid /><text x=%d y=%.1f text-anchor=end>%s</text>",
                    LEFT,
                    WIDTH - RIGHT,
                    y,
                    y,
                    LEFT - 6,
                    y + 4,
                    label(value)));
            double second = seconds.getFirst() + (seconds.getLast() - seconds.getFirst()) * i / STEPS;
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=%.1f y=%d text-anchor=%s>%.0f s</text>",
                    x(second),
                    HEIGHT - 6,
                    i == 0 ? "start" : i == STEPS ? "end" : "middle",
                    second));
        }
    }

    private static String label(double value) {
        if (value >= 1_000_000) {
            return String.format(Locale.ROOT, "%.1fM", value / 1_000_000);
        }
        return value >= 10_000
                ? String.format(Locale.ROOT, "%.0fk", value / 1_000)
                : value == Math.rint(value) ? String.format(Locale.ROOT, "%.0f", value) : Double.toString(value);
    }

    private String path(List<Double> values, double most) {
        StringBuilder path = new StringBuilder();
        boolean drawing = false;
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) == null) {
                drawing = false;
                continue;
            }
            path.append(String.format(
                    Locale.ROOT, "%s%.1f %.1f", drawing ? "L" : "M", x(seconds.get(i)), y(values.get(i), most)));
            drawing = true;
        }
        return path.toString();
    }

    private double x(double second) {
        double span = Math.max(seconds.getLast() - seconds.getFirst(), 1e-3);
        return LEFT + (second - seconds.getFirst()) / span * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double value, double most) {
        return HEIGHT - BOTTOM - value / most * (HEIGHT - TOP - BOTTOM);
    }
}
