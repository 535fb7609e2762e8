package ar.mcrn.sysmonstm.api.resources;

import ar.mcrn.sysmonstm.alerts.rules.AlertRule;
import ar.mcrn.sysmonstm.alerts.rules.Comparison;
import ar.mcrn.sysmonstm.alerts.rules.Condition;
import ar.mcrn.sysmonstm.alerts.rules.RuleSet;
import ar.mcrn.sysmonstm.api.api.RuleView;
import ar.mcrn.sysmonstm.api.api.RulesView;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Comparator;

/** Alert rules in force: the stock rules, and over them those of the rule file. */
@Path("/rules")
@Produces(MediaType.APPLICATION_JSON)
public final class RulesResource {
    private final RuleSet rules;

    /** Answers with these. */
    public RulesResource(RuleSet rules) {
        this.rules = rules;
    }

    /** All rules by name. */
    @GET
    public RulesView rules() {
        return new RulesView(rules.rules().stream()
                .map(RulesResource::view)
                .sorted(Comparator.comparing(RuleView::name))
                .toList());
    }

    private static RuleView view(AlertRule rule) {
        return switch (rule.condition()) {
            case Condition.Threshold threshold ->
                view(
                        rule,
                        "threshold",
                        threshold.metric().toString(),
                        threshold.comparison() == Comparison.ABOVE ? threshold.threshold() : null,
                        threshold.comparison() == Comparison.BELOW ? threshold.threshold() : null,
                        threshold.clear());
            case Condition.MachineDown _ -> view(rule, "machineDown", null, null, null, null);
            case Condition.HistoryDisk _ -> view(rule, "historyDisk", null, null, null, null);
        };
    }

    private static RuleView view(AlertRule rule, String kind, String metric, Double above, Double below, Double clear) {
        return new RuleView(
                rule.name(),
                kind,
                metric,
                above,
                below,
                clear,
                rule.hold().toMillis(),
                rule.severity().text(),
                rule.machines().toString(),
                rule.message().isEmpty() ? null : rule.message());
    }
}
