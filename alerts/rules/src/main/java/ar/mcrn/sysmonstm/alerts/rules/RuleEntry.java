package ar.mcrn.sysmonstm.alerts.rules;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.Kind;
import ar.mcrn.sysmonstm.contract.MetricKey;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads one entry of the rule file's list; every fault names line, rule, key, value and what is allowed. */
final class RuleEntry {
    private static final Set<String> KEYS = Set.of(
            "name", "kind", "metric", "above", "below", "clear", "for", "severity", "machines", "message", "enabled");
    private static final List<String> OF_THRESHOLD = List.of("metric", "above", "below", "clear");
    private static final List<String> OF_MACHINES = List.of("metric", "above", "below", "clear", "machines");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,10}(?:\\.\\d{1,3})?)(ms|s|m|h)?");
    private static final Duration DOWN_AFTER = Duration.ofSeconds(60);
    /** Shortest {@code for} of a machine-down rule: samples may be late. */
    private static final Duration SHORTEST_DOWN = Duration.ofSeconds(10);

    private final String file;
    private final Map<String, YamlTree> entries;
    private final int line;
    private final String name;

    RuleEntry(String file, YamlTree item) throws RuleFileException {
        this.file = file;
        this.line = item.line();
        if (!(item instanceof YamlTree.Mapping mapping)) {
            throw RuleFile.fault(file, line, "a rule is a mapping with name, metric, above ...");
        }
        this.entries = mapping.entries();
        YamlTree named = entries.get("name");
        if (named == null) {
            throw RuleFile.fault(file, line, "key=name is missing");
        }
        String text = named instanceof YamlTree.Scalar scalar ? scalar.text() : "";
        if (!AlertRule.isName(text)) {
            throw RuleFile.fault(
                    file, named.line(), "key=name, value=" + shown(text) + ", allowed: 1 to 64 letters, digits, . _ -");
        }
        this.name = text;
        for (Map.Entry<String, YamlTree> entry : entries.entrySet()) {
            if (!KEYS.contains(entry.getKey())) {
                throw fault(
                        entry.getValue().line(),
                        "key=" + shown(entry.getKey()) + " is unknown, allowed: "
                                + String.join(" ", KEYS.stream().sorted().toList()));
            }
        }
    }

    String name() {
        return name;
    }

    boolean enabled() throws RuleFileException {
        String text = text("enabled", "true");
        if (!text.equals("true") && !text.equals("false")) {
            throw fault("enabled", text, "true or false");
        }
        return text.equals("true");
    }

    AlertRule rule() throws RuleFileException {
        String kind = text("kind", "threshold");
        Condition condition = switch (kind) {
            case "threshold" -> threshold();
            case "machineDown" -> without(kind, new Condition.MachineDown(), OF_THRESHOLD);
            case "historyDisk" -> without(kind, new Condition.HistoryDisk(), OF_MACHINES);
            default -> throw fault("kind", kind, "threshold, machineDown or historyDisk");
        };
        boolean down = condition instanceof Condition.MachineDown;
        Duration hold = duration("for", down ? DOWN_AFTER : Duration.ZERO);
        if (down && hold.compareTo(SHORTEST_DOWN) < 0) {
            throw fault("for", text("for", ""), "10s to 720h for machineDown");
        }
        String severity = text("severity", Severity.WARNING.text());
        String machines = text("machines", "*");
        String message = text("message", "");
        if (message.length() > AlertRule.LONGEST_MESSAGE) {
            throw fault("message", message, "at most " + AlertRule.LONGEST_MESSAGE + " characters");
        }
        if (List.of(machines.split(",", -1)).stream().anyMatch(String::isBlank)) {
            throw fault("machines", machines, "globs over machine ids, separated by commas");
        }
        return new AlertRule(
                name,
                condition,
                hold,
                Severity.of(severity).orElseThrow(() -> fault("severity", severity, "info, warning or critical")),
                new MachineSelector(machines),
                message);
    }

    private Condition without(String kind, Condition condition, List<String> keys) throws RuleFileException {
        for (String key : keys) {
            if (entries.containsKey(key)) {
                throw fault(key, text(key, ""), "nothing: a " + kind + " rule has no " + key);
            }
        }
        return condition;
    }

    private Condition threshold() throws RuleFileException {
        MetricKey metric = metric();
        if (entries.containsKey("above") == entries.containsKey("below")) {
            throw fault(line, "exactly one of the keys above and below is needed");
        }
        Comparison comparison = entries.containsKey("above") ? Comparison.ABOVE : Comparison.BELOW;
        // The rule's other fields play no part in finding the columns.
        AlertRule probe = new AlertRule(
                name,
                new Condition.Threshold(metric, comparison, 0, 0),
                Duration.ZERO,
                Severity.INFO,
                MachineSelector.ALL,
                "");
        List<SeriesTest> tests = SeriesTest.compile(probe, (Condition.Threshold) probe.condition());
        if (tests.isEmpty()) {
            List<String> keys = SeriesTest.keysOf(metric.metric());
            throw fault(
                    "metric",
                    text("metric", ""),
                    keys.isEmpty() ? "a metric of the catalogue" : String.join(" or ", keys));
        }
        double most =
                tests.stream().mapToDouble(test -> highest(test.column)).max().orElseThrow();
        double threshold = number(comparison.text(), most);
        double clear = entries.containsKey("clear") ? number("clear", most) : threshold;
        if (comparison.beyond(clear, threshold)) {
            throw fault(
                    "clear",
                    text("clear", ""),
                    (comparison == Comparison.ABOVE ? "at most " : "at least ") + plain(threshold));
        }
        return new Condition.Threshold(metric, comparison, threshold, clear);
    }

    private static double highest(Column column) {
        return column.kind() == Kind.DELTA && column.unit().equals("1") ? 1 : column.max() * column.scale();
    }

    private MetricKey metric() throws RuleFileException {
        String text = text("metric", "");
        if (text.isEmpty()) {
            throw fault(line, "key=metric is missing");
        }
        try {
            return MetricKey.parse(text);
        } catch (IllegalArgumentException e) {
            throw fault("metric", text, "a key such as system.disk.io{device=sda,direction=read}: " + e.getMessage());
        }
    }

    private double number(String key, double most) throws RuleFileException {
        String text = text(key, "");
        try {
            double value = Double.parseDouble(text);
            if (value >= 0 && value <= most) {
                return value;
            }
        } catch (NumberFormatException ignored) {
            // Named below like any other value that is not allowed.
        }
        throw fault(key, text, "0 to " + plain(most) + (most == 1 ? " (a ratio: 0.9 is 90 %)" : ""));
    }

    private static String plain(double number) {
        return new BigDecimal(Double.toString(number)).stripTrailingZeros().toPlainString();
    }

    private Duration duration(String key, Duration usual) throws RuleFileException {
        if (!entries.containsKey(key)) {
            return usual;
        }
        String text = text(key, "");
        Matcher matcher = DURATION.matcher(text);
        if (matcher.matches()) {
            String unit = matcher.group(2) == null ? "s" : matcher.group(2);
            long factor = switch (unit) {
                case "ms" -> 1;
                case "m" -> 60_000;
                case "h" -> 3_600_000;
                default -> 1000;
            };
            long millis = new BigDecimal(matcher.group(1))
                    .multiply(BigDecimal.valueOf(factor))
                    .longValue();
            if (millis <= AlertRule.LONGEST_HOLD.toMillis()) {
                return Duration.ofMillis(millis);
            }
        }
        throw fault(key, text, "0s to 720h, with ms, s, m or h");
    }

    private String text(String key, String usual) throws RuleFileException {
        YamlTree value = entries.get(key);
        return switch (value) {
            case null -> usual;
            case YamlTree.Scalar scalar -> scalar.text();
            case YamlTree.Mapping mapping -> throw fault(mapping.line(), "key=" + key + " is a single value");
            case YamlTree.Sequence list -> throw fault(list.line(), "key=" + key + " is a single value");
        };
    }

    private RuleFileException fault(String key, String value, String allowed) {
        YamlTree at = entries.get(key);
        return fault(at == null ? line : at.line(), "key=" + key + ", value=" + shown(value) + ", allowed: " + allowed);
    }

    private RuleFileException fault(int at, String what) {
        return RuleFile.fault(file, at, "rule=" + name + ", " + what);
    }

    /** One line, not too long, whatever the file holds. */
    private static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() > 80 ? line.substring(0, 80) + "..." : line;
    }
}
