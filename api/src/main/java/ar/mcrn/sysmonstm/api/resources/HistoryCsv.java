package ar.mcrn.sysmonstm.api.resources;

import ar.mcrn.sysmonstm.api.api.HistoryView;
import java.math.BigDecimal;
import java.time.Instant;

/** History as RFC 4180: a header, then one row per step; times in ISO 8601, empty cells where nothing was measured. */
final class HistoryCsv {
    private static final String END = "\r\n";

    private HistoryCsv() {}

    static String of(HistoryView view) {
        StringBuilder csv = new StringBuilder("time");
        for (HistoryView.Series series : view.series()) {
            for (String column : new String[] {"min", "avg", "max"}) {
                csv.append(',');
                quote(csv, series.key() + " " + column);
            }
        }
        csv.append(END);
        for (int i = 0; i < view.times().length; i++) {
            csv.append(Instant.ofEpochMilli(view.times()[i]));
            for (HistoryView.Series series : view.series()) {
                cell(csv, series.min()[i]);
                cell(csv, series.avg()[i]);
                cell(csv, series.max()[i]);
            }
            csv.append(END);
        }
        return csv.toString();
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
