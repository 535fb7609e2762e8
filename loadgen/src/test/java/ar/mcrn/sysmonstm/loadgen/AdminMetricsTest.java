package ar.mcrn.sysmonstm.loadgen;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AdminMetricsTest {

    @Test
    void readsTheLiveLanesPercentiles() {
        String text = """
                # TYPE sysmonstm_received_to_committed_seconds summary
                sysmonstm_received_to_committed_seconds{lane="backfill",service="aggregator",quantile="0.5"} 9.0
                sysmonstm_received_to_committed_seconds{lane="live",service="aggregator",quantile="0.5"} 0.25
                sysmonstm_received_to_committed_seconds{lane="live",service="aggregator",quantile="0.99"} 0.5
                sysmonstm_received_to_committed_seconds{lane="live",service="aggregator",quantile="0.999"} 0.75
                sysmonstm_received_to_committed_seconds{lane="live",service="aggregator",quantile="1.0"} 1.5
                sysmonstm_received_to_committed_seconds_count{lane="live",service="aggregator"} 1200
                """;
        assertThat(AdminMetrics.parse(text)).contains(new Latency(1_200, 250.0, null, 500.0, 750.0, 1_500.0));
    }

    @Test
    void saysNothingWhereNothingWasMeasured() {
        assertThat(
                        AdminMetrics.parse(
                                "sysmonstm_received_to_committed_seconds{lane=\"live\",service=\"aggregator\",quantile=\"0.5\"} NaN\n"))
                .isEmpty();
    }
}
