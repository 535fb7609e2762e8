package ar.mcrn.sysmonstm.loadgen;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report as one HTML page that needs nothing else: figures, percentiles as bars, CPU seconds. */
final class ReportPage {

    private static final String HEAD = """
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>sysmonstm load run</title>
            <style>
            :root{color-scheme:light dark}
            body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
            table{border-collapse:collapse;width:100%}td,th{padding:.25rem .5rem;text-align:left;border-bottom:1px solid #8884}
            td.n{text-align:right;font-variant-numeric:tabular-nums}.bar{background:#3b82f6;height:.7rem;border-radius:2px}
            .bad{color:#dc2626;font-weight:600}
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
        latency(page, "Sample to acknowledgement", report.ackMillis());
        latency(page, "Received to committed", report.commitMillis());
        latency(page, "Sample to frame", report.frameMillis());
        page.append("<h2>CPU seconds</h2><table>");
        report.cpuSeconds().forEach((name, seconds) -> row(page, name, seconds));
        return page.append("</table></html>\n").toString();
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

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
