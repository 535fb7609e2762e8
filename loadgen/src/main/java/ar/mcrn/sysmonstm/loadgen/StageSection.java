package ar.mcrn.sysmonstm.loadgen;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Where the time between a sample and its frame goes: the stages as two stacked bars and a table. */
final class StageSection {

    private static final String REST = "the rest: socket and viewer";

    private final Map<String, StageLatency> stages;
    private final StageLatency whole;

    /** @param stageMillis with or without the whole way */
    StageSection(Map<String, StageLatency> stageMillis) {
        this.stages = new LinkedHashMap<>(stageMillis);
        this.whole = stages.remove(SteadyFigures.WHOLE);
    }

    /** Empty where no stage was measured. */
    String html() {
        if (stages.isEmpty()) {
            return "";
        }
        StringBuilder html = new StringBuilder("<h2>Stages of sample to frame, steady part, ms</h2>");
        List<String> names = new ArrayList<>();
        stages.keySet().forEach(name -> names.add(Stage.words(name)));
        html.append(LineChart.key(names).replace("</p>", "<span class=\"rest\">" + REST + "</span></p>"));
        html.append(bar("p50", StageLatency::p50)).append(bar("mean", StageLatency::mean));
        html.append(
                        "<p class=\"quiet\">Means add up; medians need not. Stages that cross from one service to the next are told to a ")
                .append("millisecond, and only where both read the same clock.</p>");
        html.append(
                        "<div class=\"wide\"><table><thead><tr><th>stage</th><th>p50</th><th>p90</th><th>p99</th><th>max</th><th>mean</th>")
                .append("<th>count</th></tr></thead><tbody>");
        int colour = 0;
        for (Map.Entry<String, StageLatency> stage : stages.entrySet()) {
            row(html, "", "swatch c" + colour++, Stage.words(stage.getKey()), stage.getValue());
        }
        if (whole != null) {
            row(html, "sum", "swatch", Stage.words(SteadyFigures.WHOLE), whole);
        }
        return html.append("</tbody></table></div>\n").toString();
    }

    private String bar(String name, ToDoubleFunction<StageLatency> figure) {
        double sum = stages.values().stream().mapToDouble(figure).sum();
        double all = Math.max(Math.max(sum, whole == null ? 0 : figure.applyAsDouble(whole)), 1e-3);
        StringBuilder html = new StringBuilder("<div class=\"bar\"><span>" + name + "</span><div>");
        int colour = 0;
        for (Map.Entry<String, StageLatency> stage : stages.entrySet()) {
            double millis = figure.applyAsDouble(stage.getValue());
            part(html, "c" + colour++, Stage.words(stage.getKey()), millis, all);
        }
        if (all > sum) {
            part(html, "rest", REST, all - sum, all);
        }
        return html.append("</div><b>")
                .append(Digits.of(all))
                .append(" ms</b></div>")
                .toString();
    }

    private static void part(StringBuilder html, String colour, String name, double millis, double all) {
        html.append(String.format(
                Locale.ROOT,
                "<i class=\"%s\" style=\"width:%.2f%%\" title=\"%s: %s ms\"></i>",
                colour,
                millis / all * 100,
                name,
                Digits.of(millis)));
    }

    private static void row(StringBuilder html, String row, String head, String name, StageLatency millis) {
        html.append("<tr class=\"")
                .append(row)
                .append("\"><th class=\"")
                .append(head)
                .append("\">");
        html.append(ReportPage.escape(name)).append("</th>");
        for (double value : new double[] {millis.p50(), millis.p90(), millis.p99(), millis.max(), millis.mean()}) {
            html.append("<td>").append(Digits.of(value)).append("</td>");
        }
        html.append("<td>").append(Digits.of(millis.count())).append("</td></tr>");
    }
}
