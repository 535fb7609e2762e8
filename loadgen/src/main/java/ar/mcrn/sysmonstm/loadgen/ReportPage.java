package ar.mcrn.sysmonstm.loadgen;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** The report as one HTML page that needs nothing else: figures, the run over time as charts, percentiles as bars. */
final class ReportPage {

    private static final String HEAD = """
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>sysmonstm load run</title>
            <style>
            :root{color-scheme:light dark}
            body{font:15px/1.5 system-ui,sans-serif;max-width:68rem;margin:2rem auto;padding:0 1rem}
            table{border-collapse:collapse;width:100%}td,th{padding:.25rem .5rem;text-align:left;border-bottom:1px solid #8884}
            td.n{text-align:right;font-variant-numeric:tabular-nums}.bar{background:#3b82f6;height:.7rem;border-radius:2px}
            .bad{color:#dc2626;font-weight:600}
            .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,28rem),1fr));gap:1rem}
            figure{margin:0;border:1px solid #8884;border-radius:6px;padding:.6rem}figcaption{font-weight:600}
            .key{margin:.1rem 0;font-size:13px}.key span::before{content:"";display:inline-block;width:.7em;height:.7em;
            border-radius:2px;background:var(--c);margin-right:.3em}.key span{margin-right:.8em}
            svg{width:100%;height:auto}svg path{fill:none;stroke-width:1.8}svg text{font-size:11px;fill:currentColor;opacity:.75}
            svg .grid{stroke:#8884}
            </style>
            """;

    private ReportPage() {}

    static String of(LoadReport report) {
        StringBuilder page = new StringBuilder(HEAD);
        page.append("<h1>").append(report.agents()).append(" agents, ");
        page.append(report.durationMillis() / 1_000).append(" s</h1><table>");
        figures(report).forEach((name, value) -> row(page, name, value));
        page.append("</table>");
        if (report.finding() != null) {
            page.append("<p class=bad>").append(escape(report.finding())).append("</p>");
        }
        charts(page, report);
        latency(page, "Sample to acknowledgement", report.ackMillis());
        latency(page, "Received to committed", report.commitMillis());
        latency(page, "Sample to frame", report.frameMillis());
        page.append("<h2>CPU seconds, highest memory in MiB (PSS)</h2><table>");
        report.cpuSeconds()
                .forEach((name, seconds) -> row(
                        page,
                        name,
                        seconds + " s, " + report.memoryMebibytes().getOrDefault(name, Double.NaN) + " MiB"));
        return page.append("</table></html>\n").toString();
    }

    private static void charts(StringBuilder page, LoadReport report) {
        List<LoadWindow> windows = report.windows();
        List<Double> seconds = over(windows, window -> (window.atMillis() - report.startMillis()) / 1_000.0);
        page.append("<h2>Over time</h2><div class=charts>");
        page.append(new LineChart("Agents connected", "agents", seconds)
                .line("connected", over(windows, window -> (double) window.connected()))
                .html());
        page.append(new LineChart("Rates", "samples/s", seconds)
                .line("taken", rates(windows, LoadWindow::issued))
                .line("acknowledged", rates(windows, LoadWindow::acknowledged))
                .html());
        page.append(new LineChart("Without outcome", "samples", seconds)
                .line("all", over(windows, window -> (double) window.unacknowledged()))
                .line("wait for backfill", over(windows, window -> (double) window.waiting()))
                .html());
        page.append(percentiles("Sample to acknowledgement", windows, seconds, LoadWindow::ackMillis));
        page.append(percentiles("Sample to frame", windows, seconds, LoadWindow::frameMillis));
        LineChart cores = new LineChart("CPU", "cores", seconds);
        LineChart memory = new LineChart("Memory, PSS", "MiB", seconds);
        for (String name : report.cpuSeconds().keySet()) {
            cores.line(name, over(windows, window -> window.cores().get(name)));
            memory.line(name, over(windows, window -> window.memoryMebibytes().get(name)));
        }
        page.append(cores.html()).append(memory.html()).append("</div>");
    }

    private static String percentiles(
            String title, List<LoadWindow> windows, List<Double> seconds, Function<LoadWindow, Latency> latency) {
        LineChart chart = new LineChart(title, "ms", seconds);
        Map<String, Function<Latency, Double>> lines = new LinkedHashMap<>();
        lines.put("p50", Latency::p50);
        lines.put("p90", Latency::p90);
        lines.put("p99", Latency::p99);
        lines.forEach((name, percentile) -> chart.line(name, over(windows, window -> {
            Latency of = latency.apply(window);
            return of == null ? null : percentile.apply(of);
        })));
        return chart.html();
    }

    /** One value a window; null = not measured. */
    private static List<Double> over(List<LoadWindow> windows, Function<LoadWindow, Double> value) {
        return windows.stream().map(value).collect(Collectors.toCollection(ArrayList::new));
    }

    /** What a count grew by, per second; the first window has none before it. */
    private static List<Double> rates(List<LoadWindow> windows, ToLongFunction<LoadWindow> count) {
        List<Double> rates = new ArrayList<>();
        rates.add(null);
        for (int i = 1; i < windows.size(); i++) {
            LoadWindow before = windows.get(i - 1);
            LoadWindow now = windows.get(i);
            double span = Math.max(1, now.atMillis() - before.atMillis()) / 1_000.0;
            rates.add((count.applyAsLong(now) - count.applyAsLong(before)) / span);
        }
        return rates;
    }

    private static Map<String, Object> figures(LoadReport report) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("issued", report.issued());
        figures.put("sent", report.sent());
        figures.put("acknowledged", report.acknowledged());
        figures.put("rejected", report.rejected());
        figures.put("deferred", report.deferred());
        figures.put("dropped", report.dropped());
        figures.put("unacknowledged", report.unacknowledged());
        figures.put("reconnects", report.reconnects());
        figures.put("lost", report.lost() == null ? "not checked" : report.lost());
        figures.put("duplicates", report.duplicates() == null ? "not checked" : report.duplicates());
        figures.put("rows stored", report.rowsStored() == null ? "not checked" : report.rowsStored());
        return figures;
    }

    private static void latency(StringBuilder page, String title, Latency latency) {
        page.append("<h2>").append(title).append(", ms</h2>");
        if (latency == null) {
            page.append("<p>not measured</p>");
            return;
        }
        double most = latency.max() == null ? 1 : Math.max(latency.max(), 0.001);
        page.append("<table>");
        List<String> names = List.of("p50", "p90", "p99", "p999", "max");
        Double[] values = {latency.p50(), latency.p90(), latency.p99(), latency.p999(), latency.max()};
        for (int i = 0; i < values.length; i++) {
            if (values[i] != null) {
                page.append(String.format(
                        Locale.ROOT,
                        "<tr><th>%s<td class=n>%.1f<td style=width:70%%><div class=bar style=width:%.1f%%></div>",
                        names.get(i),
                        values[i],
                        Math.min(100, values[i] * 100 / most)));
            }
        }
        page.append("</table>");
    }

    private static void row(StringBuilder page, String name, Object value) {
        page.append("<tr><th>").append(escape(name));
        page.append("<td class=n>").append(escape(String.valueOf(value)));
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
