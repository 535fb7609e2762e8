package ar.mcrn.sysmonstm.api.resources;

import ar.mcrn.sysmonstm.api.api.HistoryView;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** History as RFC 4180: a header, then one row per step; times in ISO 8601, empty cells where nothing was measured. */
final class HistoryCsv {
    private static final String END = "\r\n";

    private HistoryCsv() {}

    static String of(HistoryView view) {
        StringBuilder csv = new StringBuilder("time");
        for (HistoryView.Series series : view.series()) {
            columns(series).keySet().forEach(column -> {
                csv.append(',');
                quote(csv, series.key() + " " + column);
            });
        }
        csv.append(END);
        List<double[]> columns = view.series().stream()
                .flatMap(series -> columns(series).values().stream())
                .toList();
        for (int i = 0; i < view.times().length; i++) {
            csv.append(Instant.ofEpochMilli(view.times()[i]));
            for (double[] column : columns) {
                cell(csv, column[i]);
            }
            csv.append(END);
        }
        return csv.toString();
    }

    private static Map<String, double[]> columns(HistoryView.Series series) {
        Map<String, double[]> columns = new LinkedHashMap<>();
        columns.put("min", series.min());
        columns.put("avg", series.avg());
        columns.put("max", series.max());
        if (series.p50() != null) {
            columns.put("p50", series.p50());
            columns.put("p95", series.p95());
            columns.put("p99", series.p99());
        }
        return columns;
    }

    private static void cell(StringBuilder csv, double value) {
        csv.append(',');
        if (!Double.isNaN(value)) {
            csv.append(BigDecimal.valueOf(value).stripTrailingZeros().toPlainString());
        }
    }

    // Keys begin with a metric's name, so that no spreadsheet takes one for a formula.
    private static void quote(StringBuilder csv, String text) {
        csv.append('"').append(text.replace("\"", "\"\"")).append('"');
    }
}
