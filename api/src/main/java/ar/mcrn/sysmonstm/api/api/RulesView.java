package ar.mcrn.sysmonstm.api.api;

import java.util.List;

/**
 * Alert rules in force.
 *
 * @param rules by name
 */
public record RulesView(List<RuleView> rules) {}
