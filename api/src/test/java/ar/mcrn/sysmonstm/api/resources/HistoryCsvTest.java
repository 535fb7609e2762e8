package ar.mcrn.sysmonstm.api.resources;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.api.api.CoverageView;
import ar.mcrn.sysmonstm.api.api.HistoryView;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HistoryCsvTest {
    private static final double[] FIGURES = {0.25, Double.NaN};

    private static HistoryView view(double[] percentiles) {
        return new HistoryView(
                "web-1",
                0,
                120_000,
                60_000,
                "1m",
                new long[] {0, 60_000},
                List.of(
                        new HistoryView.Series(
                                "a",
                                Map.of(),
                                "a",
                                "1",
                                FIGURES,
                                FIGURES,
                                FIGURES,
                                percentiles,
                                percentiles,
                                percentiles),
                        new HistoryView.Series(
                                "b", Map.of(), "b{m=\"/x, y\"}", "By", FIGURES, FIGURES, FIGURES, null, null, null)),
                List.of(),
                CoverageView.nothing(0, 120_000));
    }

    @Test
    void writesPercentilesOfSeriesThatHaveThem() {
        assertThat(HistoryCsv.of(view(new double[] {1e10, 0})))
                .isEqualTo(String.join(
                        "\r\n",
                        "time,\"a min\",\"a avg\",\"a max\",\"a p50\",\"a p95\",\"a p99\","
                                + "\"b{m=\"\"/x, y\"\"} min\",\"b{m=\"\"/x, y\"\"} avg\",\"b{m=\"\"/x, y\"\"} max\"",
                        "1970-01-01T00:00:00Z,0.25,0.25,0.25,10000000000,10000000000,10000000000,0.25,0.25,0.25",
                        "1970-01-01T00:01:00Z,,,,0,0,0,,,",
                        ""));
    }

    @Test
    void leavesThemOutOfTheTableAndOfJsonWhereNotAskedFor() throws Exception {
        assertThat(HistoryCsv.of(view(null))).startsWith("time,\"a min\",\"a avg\",\"a max\",\"b{m");
        ObjectMapper json = new ObjectMapper();
        assertThat(json.writeValueAsString(view(null))).doesNotContain("p50", "p95", "p99");
        assertThat(json.writeValueAsString(view(FIGURES)))
                .contains("\"p50\":[0.25,null],\"p95\":[0.25,null],\"p99\":[0.25,null]}");
    }
}
