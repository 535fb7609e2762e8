package ar.mcrn.sysmonstm.contract;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Key of one series of a machine at REST, WebSocket and in rules: {@code system.disk.io{device=sda,direction=read}}.
 * Attribute names in alphabetical order; a value that holds one of {@code , = { } "} or a control character or is empty is
 * written as a JSON string.
 *
 * @param metric catalogue name
 * @param attributes by name, in alphabetical order
 */
public record MetricKey(String metric, SortedMap<String, String> attributes) {

    public MetricKey {
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }

    /** Key of a column of a device, such as (READ_BYTES, "device", "sda"). */
    public static MetricKey of(Column column, String deviceAttribute, String device) {
        SortedMap<String, String> attributes = new TreeMap<>(parseAttributes(column.attributes()));
        attributes.put(deviceAttribute, device);
        return new MetricKey(column.metric(), attributes);
    }

    /** Key of a column of the machine as a whole. */
    public static MetricKey of(Column column) {
        return new MetricKey(column.metric(), new TreeMap<>(parseAttributes(column.attributes())));
    }

    /** Key of the load of one core: {@code system.cpu.utilization{logical_number=0}}. */
    public static MetricKey core(int number) {
        return new MetricKey(
                "system.cpu.utilization", new TreeMap<>(Map.of("logical_number", Integer.toString(number))));
    }

    /**
     * Reads a key; the inverse of {@link #toString()}.
     *
     * @throws IllegalArgumentException naming the position of what is wrong
     */
    public static MetricKey parse(String text) {
        int brace = text.indexOf('{');
        if (brace < 0) {
            return new MetricKey(checkMetric(text), new TreeMap<>());
        }
        if (!text.endsWith("}")) {
            throw new IllegalArgumentException("metric key has no closing brace: " + text);
        }
        return new MetricKey(
                checkMetric(text.substring(0, brace)), parseAttributes(text.substring(brace + 1, text.length() - 1)));
    }

    private static String checkMetric(String metric) {
        if (!metric.matches("[a-z0-9_.*?]{1,128}")) {
            throw new IllegalArgumentException("metric name is not of lower-case letters, digits, dots: " + metric);
        }
        return metric;
    }

    private static SortedMap<String, String> parseAttributes(String text) {
        SortedMap<String, String> attributes = new TreeMap<>();
        int at = 0;
        while (at < text.length()) {
            int equals = text.indexOf('=', at);
            if (equals < 0) {
                throw new IllegalArgumentException("metric attribute has no '=' at " + at + ": " + text);
            }
            String name = text.substring(at, equals);
            int end = equals + 1;
            StringBuilder value = new StringBuilder();
            if (end < text.length() && text.charAt(end) == '"') {
                end = unquote(text, end + 1, value);
            } else {
                while (end < text.length() && text.charAt(end) != ',') {
                    value.append(text.charAt(end++));
                }
            }
            if (end < text.length() && text.charAt(end) != ',') {
                throw new IllegalArgumentException("metric attribute has no ',' at " + end + ": " + text);
            }
            if (name.isEmpty() || attributes.put(name, value.toString()) != null) {
                throw new IllegalArgumentException("metric attribute is empty or given twice at " + at + ": " + text);
            }
            at = end + 1;
        }
        return attributes;
    }

    private static int unquote(String text, int from, StringBuilder value) {
        int at = from;
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at++);
            if (c == '\\' && at < text.length()) {
                char escaped = text.charAt(at++);
                if (escaped == 'u' && at + 4 <= text.length()) {
                    value.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
                    at += 4;
                } else {
                    value.append(escaped);
                }
            } else {
                value.append(c);
            }
        }
        if (at >= text.length()) {
            throw new IllegalArgumentException("metric attribute has no closing quote: " + text);
        }
        return at + 1;
    }

    /** True where the metric and every attribute of {@code pattern} match by glob ({@code *}, {@code ?}); others are free. */
    public boolean matches(MetricKey pattern) {
        if (!new Glob(pattern.metric).matches(metric)) {
            return false;
        }
        return pattern.attributes.entrySet().stream().allMatch(e -> {
            String value = attributes.get(e.getKey());
            return value != null && new Glob(e.getValue()).matches(value);
        });
    }

    @Override
    public String toString() {
        if (attributes.isEmpty()) {
            return metric;
        }
        StringBuilder text = new StringBuilder(metric).append('{');
        attributes.forEach((name, value) -> {
            if (text.charAt(text.length() - 1) != '{') {
                text.append(',');
            }
            quote(text.append(name).append('='), value);
        });
        return text.append('}').toString();
    }

    private static void quote(StringBuilder text, String value) {
        boolean plain = !value.isEmpty() && value.chars().noneMatch(c -> c < 0x20 || ",={}\"\\".indexOf(c) >= 0);
        if (plain) {
            text.append(value);
            return;
        }
        text.append('"');
        value.chars().forEach(c -> {
            if (c < 0x20) {
                text.append(String.format("\\u%04x", c));
            } else if (c == '"' || c == '\\') {
                text.append('\\').append((char) c);
            } else {
                text.append((char) c);
            }
        });
        text.append('"');
    }
}
