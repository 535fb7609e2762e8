package ar.mcrn.sysmonstm.loadgen;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the received-to-committed percentiles from the Prometheus text of the aggregator's admin port. */
final class AdminMetrics {

    private static final Pattern LINE =
            Pattern.compile("^sysmonstm_received_to_committed_seconds(_count|_max)?(?:\\{([^}]*)})? ([0-9.eE+-]+)$");
    private static final Pattern QUANTILE = Pattern.compile("quantile=\"([0-9.]+)\"");

    private AdminMetrics() {}

    /** The commit latency of live samples in the last minute, with the count since the start; or empty when the port does not answer or shows none. */
    static Optional<Latency> commitLatency(URI admin) throws InterruptedException {
        return AdminPort.get(admin, "/metrics").flatMap(AdminMetrics::parse);
    }

    static Optional<Latency> parse(String text) {
        Double p50 = null;
        Double p90 = null;
        Double p99 = null;
        Double p999 = null;
        Double max = null;
        long count = 0;
        for (String line : text.split("\n", -1)) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                continue;
            }
            String labels = matcher.group(2) == null ? "" : matcher.group(2);
            if (labels.contains("lane=\"backfill\"")) {
                continue;
            }
            double millis = Math.round(Double.parseDouble(matcher.group(3)) * 1_000_000) / 1_000.0;
            Matcher quantile = QUANTILE.matcher(labels);
            if ("_count".equals(matcher.group(1))) {
                count = (long) Double.parseDouble(matcher.group(3));
            } else if ("_max".equals(matcher.group(1))) {
                max = millis;
            } else if (quantile.find()) {
                switch (quantile.group(1)) {
                    case "0.5" -> p50 = millis;
                    case "0.9" -> p90 = millis;
                    case "0.99" -> p99 = millis;
                    case "0.999" -> p999 = millis;
                    case "1", "1.0" -> max = millis;
                    default -> {
                        // A quantile that the report does not show.
                    }
                }
            }
        }
        return p50 == null ? Optional.empty() : Optional.of(new Latency(count, p50, p90, p99, p999, max));
    }
}
