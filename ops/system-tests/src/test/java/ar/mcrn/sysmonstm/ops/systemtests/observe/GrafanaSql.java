package ar.mcrn.sysmonstm.ops.systemtests.observe;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statement as Grafana's PostgreSQL data source sends it: variables first, then macros. Those alone that our dashboards
 * use.
 *
 * @param from begin of the range
 * @param to end of the range
 * @param interval what {@code $__interval} is
 * @param variables by name
 */
record GrafanaSql(Instant from, Instant to, Duration interval, Map<String, String> variables) {
    // Source: grafana/grafana pkg/tsdb/grafana-postgresql-datasource/macros.go
    private static final Pattern FILTER = Pattern.compile("\\$__timeFilter\\(([^)]*)\\)");
    private static final Pattern GROUP = Pattern.compile("\\$__timeGroupAlias\\(([^,]*),([^)]*)\\)");

    /** @throws IllegalArgumentException where something is left that was not known */
    String expand(String statement) {
        String text = statement;
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            text = text.replace(
                            "${" + variable.getKey() + ":sqlstring}",
                            "'" + variable.getValue().replace("'", "''") + "'")
                    .replace("$" + variable.getKey(), variable.getValue());
        }
        text = text.replace("$__interval", interval.toSeconds() + "s");
        text = FILTER.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(
                        found.group(1) + " BETWEEN '" + from + "'::timestamptz AND '" + to + "'::timestamptz"));
        text = GROUP.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement("floor(extract(epoch from " + found.group(1) + ")/"
                        + interval.toSeconds() + ")*" + interval.toSeconds() + " AS \"time\""));
        if (text.contains("$")) {
            throw new IllegalArgumentException("not expanded: " + text.substring(text.indexOf('$')));
        }
        return text;
    }
}
