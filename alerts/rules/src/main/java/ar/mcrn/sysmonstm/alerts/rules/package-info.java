/**
 * Alert rules and the pure machine that evaluates them: rule file, stock rules, thresholds compiled to wire integers, states
 * per series. Nothing here reads a clock, does I/O beyond reading the rule file, or notifies anyone. Used by the aggregator on
 * live samples and by whoever evaluates stored ones.
 */
package ar.mcrn.sysmonstm.alerts.rules;
