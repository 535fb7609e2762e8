package ar.mcrn.sysmonstm.alerts.rules;

/** The sentence that an episode carries for people. */
public final class AlertMessages {
    private AlertMessages() {}

    static String threshold(SeriesTest test, String machine, String series, double value) {
        String unit = test.column.unit();
        // Basis points and busy shares are ratios that people read as percent; load averages are not.
        boolean ratio = unit.equals("1") && test.column.scale() != 0.01;
        String shown = ValueText.of(value, unit, ratio);
        String limit = ValueText.of(test.threshold, unit, ratio);
        String template = test.rule.message().isEmpty()
                ? "{series} on {machine} is {value}, " + (test.above ? "above" : "below") + " {threshold}"
                : test.rule.message();
        return fill(template, machine, series, shown, limit);
    }

    /**
     * Of a machine that sends no more.
     *
     * @param silentMillis for how long
     */
    public static String machineDown(AlertRule rule, String machine, long silentMillis) {
        String silent = ValueText.of(java.time.Duration.ofSeconds(silentMillis / 1000));
        String template = rule.message().isEmpty() ? "no sample from {machine} for {value}" : rule.message();
        return fill(template, machine, "", silent, ValueText.of(rule.hold()));
    }

    /**
     * Of the disk under the history.
     *
     * @param state of the disk, for people
     */
    public static String historyDisk(AlertRule rule, String state) {
        String template =
                rule.message().isEmpty() ? "the disk of the history is short of room: {value}" : rule.message();
        return fill(template, "*", "", state, "");
    }

    private static String fill(String template, String machine, String series, String value, String threshold) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        while (at < template.length()) {
            int open = template.indexOf('{', at);
            int close = open < 0 ? -1 : template.indexOf('}', open);
            if (close < 0) {
                break;
            }
            text.append(template, at, open);
            String name = template.substring(open + 1, close);
            text.append(
                    switch (name) {
                        case "machine" -> machine;
                        case "series" -> series;
                        case "value" -> value;
                        case "threshold" -> threshold;
                        default -> template.substring(open, close + 1);
                    });
            at = close + 1;
        }
        return text.append(template, at, template.length()).toString();
    }
}
