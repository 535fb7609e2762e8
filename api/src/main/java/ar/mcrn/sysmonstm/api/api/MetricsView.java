package ar.mcrn.sysmonstm.api.api;

import java.util.Map;

/**
 * Newest sample of a machine.
 *
 * @param id machine id
 * @param time end of the sample's interval, Unix milliseconds
 * @param durationMillis length of the interval
 * @param state up, stale or down
 * @param metrics value by key, each key that was measured
 */
public record MetricsView(String id, long time, long durationMillis, String state, Map<String, Double> metrics) {}
