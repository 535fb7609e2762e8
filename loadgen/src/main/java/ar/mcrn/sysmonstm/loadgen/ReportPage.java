package ar.mcrn.sysmonstm.loadgen;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** The report as one HTML page that needs nothing else: what matters first, then stages, the run over time, and all figures. */
final class ReportPage {

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern(
                    "d MMMM uuuu, HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final LoadReport report;
    private final StringBuilder page = new StringBuilder(ReportStyle.HEAD);

    private ReportPage(LoadReport report) {
        this.report = report;
    }

    static String of(LoadReport report) {
        return new ReportPage(report).html();
    }

    private String html() {
        summary();
        if (report.steady() != null && report.steady().stageMillis() != null) {
            page.append(new StageSection(report.steady().stageMillis()).html());
        }
        charts();
        latencies();
        processes();
        database();
        counts();
        return page.append("</body></html>\n").toString();
    }

    private void summary() {
        page.append("<h1>").append(Digits.of((long) report.agents())).append(" agents, ");
        page.append(Digits.of(report.durationMillis() / 1_000)).append(" s</h1><p class=\"quiet\">");
        page.append(STAMP.format(Instant.ofEpochMilli(report.startMillis()))).append(", one sample each every ");
        page.append(interval()).append(", seed ").append(report.seed()).append("</p>");
        page.append("<div class=\"cards\">");
        card("Agents", Digits.of((long) report.agents()), Digits.of((long) report.viewers()) + " viewers", "");
        double rate = report.agents() * 1_000.0 / report.intervalMillis();
        card("Rate", Digits.of(rate), "samples/s", "");
        boolean all = report.acknowledged() == report.issued();
        card(
                "Acknowledged",
                Digits.of(report.acknowledged()),
                "of " + Digits.of(report.issued()),
                all ? "good" : "bad");
        proved("Lost", report.lost());
        proved("Duplicates", report.duplicates());
        latencyCard("Sample to frame", "--viewers", steadyOr(report.frameMillis(), SteadyFigures::frameMillis));
        latencyCard("Received to committed", "--admin", steadyOr(report.commitMillis(), SteadyFigures::commitMillis));
        latencyCard("Sample to acknowledgement", "", steadyOr(report.ackMillis(), SteadyFigures::ackMillis));
        page.append("</div>");
        if (report.finding() != null) {
            page.append("<p class=\"finding\">")
                    .append(escape(report.finding()))
                    .append("</p>");
        }
    }

    private String interval() {
        int millis = report.intervalMillis();
        return millis % 1_000 == 0 ? millis / 1_000 + " s" : millis + " ms";
    }

    private Latency steadyOr(Latency whole, Function<SteadyFigures, Latency> steady) {
        Latency of = report.steady() == null ? null : steady.apply(report.steady());
        return of == null ? whole : of;
    }

    private void proved(String name, Long count) {
        if (count == null) {
            card(name, "-", "not checked, needs --database", "");
        } else {
            card(name, Digits.of(count), "of what was acknowledged", count == 0 ? "good" : "bad");
        }
    }

    private void latencyCard(String name, String option, Latency latency) {
        if (latency == null) {
            card(name, "-", option.isEmpty() ? "not measured" : "not measured, needs " + option, "");
        } else {
            card(name + ", p50", Digits.of(latency.p50()) + " ms", "p99 " + Digits.of(latency.p99()) + " ms", "");
        }
    }

    private void card(String name, String value, String below, String look) {
        page.append("<div class=\"card\"><span class=\"name\">")
                .append(escape(name))
                .append("</span><b class=\"");
        page.append(look).append("\">").append(escape(value)).append("</b><span>");
        page.append(escape(below).replace("-", "&#8209;")); // an option is not to be broken in two
        page.append("</span></div>");
    }

    private void charts() {
        List<LoadWindow> windows = report.windows();
        List<Double> seconds = over(windows, window -> (window.atMillis() - report.startMillis()) / 1_000.0);
        LineChart cores = new LineChart("CPU", "cores", seconds);
        LineChart memory = new LineChart("Memory, proportional set size", "MiB", seconds);
        for (String name : report.cpuSeconds().keySet()) {
            cores.line(name, over(windows, window -> window.cores().get(name)));
            memory.line(name, over(windows, window -> window.memoryMebibytes().get(name)));
        }
        StringBuilder charts = new StringBuilder();
        charts.append(new LineChart("Rates", "samples/s", seconds)
                .line("taken", rates(windows, LoadWindow::issued))
                .line("acknowledged", rates(windows, LoadWindow::acknowledged))
                .html());
        charts.append(percentiles("Sample to frame", windows, seconds, LoadWindow::frameMillis));
        charts.append(cores.html()).append(memory.html());
        charts.append(percentiles("Sample to acknowledgement", windows, seconds, LoadWindow::ackMillis));
        charts.append(new LineChart("Without outcome", "samples", seconds)
                .line("all", over(windows, window -> (double) window.unacknowledged()))
                .line("wait for backfill", over(windows, window -> (double) window.waiting()))
                .html());
        LineChart connected = new LineChart("Connected", "clients", seconds)
                .line("agents", over(windows, window -> (double) window.connected()));
        if (report.viewers() > 0) {
            connected.line("viewers", over(windows, window -> (double) window.viewers()));
        }
        charts.append(connected.html());
        if (!charts.isEmpty()) {
            page.append("<h2>Over time</h2><div class=\"charts\">")
                    .append(charts)
                    .append("</div>");
        }
    }

    private static String percentiles(
            String title, List<LoadWindow> windows, List<Double> seconds, Function<LoadWindow, Latency> latency) {
        LineChart chart = new LineChart(title, "ms", seconds).logarithmic();
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

    private void latencies() {
        table("Latencies, ms", "", "p50", "p90", "p99", "p99.9", "max", "count");
        latency("sample to acknowledgement", report.ackMillis());
        latency("received to committed", report.commitMillis());
        latency("sample to frame", report.frameMillis());
        if (report.steady() != null) {
            latency("sample to acknowledgement, steady part", report.steady().ackMillis());
            latency("sample to frame, steady part", report.steady().frameMillis());
        }
        endTable();
    }

    private void latency(String name, Latency latency) {
        if (latency != null) {
            row(
                    name,
                    Digits.of(latency.p50()),
                    Digits.of(latency.p90()),
                    Digits.of(latency.p99()),
                    Digits.of(latency.p999()),
                    Digits.of(latency.max()),
                    Digits.of(latency.count()));
        }
    }

    private void processes() {
        Map<String, Double> perSample =
                report.steady() == null ? Map.of() : report.steady().cpuMicrosPerSample();
        table("Processes", "", "CPU, s", "CPU per sample, steady, us", "most memory (PSS), MiB");
        report.cpuSeconds()
                .forEach((name, seconds) -> row(
                        name,
                        Digits.of(seconds),
                        Digits.of(perSample.get(name)),
                        Digits.of(report.memoryMebibytes().get(name))));
        endTable();
    }

    private void database() {
        DatabaseFigures figures = report.databaseFigures();
        if (figures != null) {
            table("Database, per sample of the steady part", "", "");
            row("CPU, us", Digits.of(figures.cpuMicrosPerSample()));
            row("write-ahead log, bytes", Digits.of(figures.walBytesPerSample()));
            row("raw tables on disk, bytes", Digits.of(figures.rawBytesPerSample()));
            row("tiers on disk, bytes", Digits.of(figures.tierBytesPerSample()));
            endTable();
        }
    }

    private void counts() {
        table("Counts", "", "");
        row("issued", Digits.of(report.issued()));
        row("sent", Digits.of(report.sent()));
        row("sends as backfill", Digits.of(report.sentBackfill()));
        row("acknowledged", Digits.of(report.acknowledged()));
        report.rejected().forEach((reason, count) -> row("rejected, " + reason, Digits.of(count)));
        row("deferred", Digits.of(report.deferred()));
        row("dropped", Digits.of(report.dropped()));
        row("unacknowledged", Digits.of(report.unacknowledged()));
        row("reconnects", Digits.of(report.reconnects()));
        row("restarts", Digits.of(report.restarts()));
        if (report.rowsStored() != null) {
            row("lost", Digits.of(report.lost()));
            row("duplicates", Digits.of(report.duplicates()));
            row("different", Digits.of(report.different()));
            row("not issued", Digits.of(report.notIssued()));
            row("rows of hosts", Digits.of(report.rowsStored()));
            row("rows of devices", Digits.of(report.deviceRowsStored()));
            row("rows of events", Digits.of(report.eventRowsStored()));
        }
        if (report.viewers() > 0) {
            row("viewers", Digits.of((long) report.viewers()));
            row("frames", Digits.of(report.frames()));
        }
        if (report.idleViewers() != null) {
            row("idle viewers", escape(report.idleViewers().text()));
        }
        endTable();
    }

    private void table(String title, String... heads) {
        page.append("<h2>").append(title).append("</h2><div class=\"wide\"><table><thead><tr>");
        for (String head : heads) {
            page.append("<th>").append(head).append("</th>");
        }
        page.append("</tr></thead><tbody>");
    }

    private void row(String name, String... values) {
        page.append("<tr><th>").append(escape(name)).append("</th>");
        for (String value : values) {
            page.append("<td>").append(value).append("</td>");
        }
        page.append("</tr>");
    }

    private void endTable() {
        page.append("</tbody></table></div>\n");
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
