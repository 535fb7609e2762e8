package ar.mcrn.sysmonstm.ops.systemtests.processes;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Prometheus text.
 *
 * @param values by series, {@code name{label="value",...}}
 */
public record Metrics(Map<String, Double> values) {
    /** @throws NumberFormatException where a line is no sample */
    static Metrics parse(String text) {
        Map<String, Double> values = new LinkedHashMap<>();
        text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            values.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
        });
        return new Metrics(values);
    }

    /**
     * Sum over all series of a name whose labels hold these words.
     *
     * @param labels such as {@code lane="live"}; one that begins with {@code !} must not be there
     */
    public long sum(String name, String... labels) {
        double sum = 0;
        for (Map.Entry<String, Double> series : values.entrySet()) {
            String key = series.getKey();
            if ((key.equals(name) || key.startsWith(name + "{")) && matches(key, labels)) {
                sum += series.getValue();
            }
        }
        return Math.round(sum);
    }

    private static boolean matches(String key, String... labels) {
        for (String label : labels) {
            boolean absent = label.startsWith("!");
            if (key.contains(absent ? label.substring(1) : label) == absent) {
                return false;
            }
        }
        return true;
    }
}
