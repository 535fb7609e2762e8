package ar.mcrn.sysmonstm.api.api;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * An alert rule in force. Null components are left out: not of this kind.
 *
 * @param name unique among rules
 * @param kind {@code threshold}, {@code machineDown} or {@code historyDisk}
 * @param metric key of the series it watches, with globs
 * @param above fires above it, in the metric's unit
 * @param below fires below it
 * @param clear where it is resolved
 * @param forMillis how long it must hold
 * @param severity info, warning or critical
 * @param machines globs over machine ids
 * @param message text for people, with placeholders
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RuleView(
        String name,
        String kind,
        String metric,
        Double above,
        Double below,
        Double clear,
        long forMillis,
        String severity,
        String machines,
        String message) {}
