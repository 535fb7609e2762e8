package ar.mcrn.sysmonstm.alerts.rules;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules in force, in order of definition, names unique.
 *
 * @param rules those in force
 */
public record RuleSet(List<AlertRule> rules) {
    /** No rule at all. */
    public static final RuleSet NONE = new RuleSet(List.of());

    public RuleSet {
        rules = List.copyOf(rules);
    }

    /**
     * Lets a more specific source win by name.
     *
     * @param winners take the place of rules of the same name; others are appended
     * @param disabled names of rules that are switched off
     */
    public RuleSet overriddenBy(List<AlertRule> winners, Set<String> disabled) {
        Map<String, AlertRule> merged = new LinkedHashMap<>();
        rules.forEach(rule -> merged.put(rule.name(), rule));
        winners.forEach(rule -> merged.put(rule.name(), rule));
        disabled.forEach(merged::remove);
        return new RuleSet(new ArrayList<>(merged.values()));
    }
}
