package ar.mcrn.sysmonstm.api.api;

/**
 * One rule on one series of one machine, from its start to its end.
 *
 * @param id hash of rule, machine, series and start
 * @param rule name of the rule
 * @param machine machine id
 * @param series key of the series
 * @param state pending, firing or resolved
 * @param severity {@code info}, {@code warning} or {@code critical}
 * @param message for people
 * @param startedAt when the rule began to hold, Unix milliseconds
 * @param firedAt when it began to fire; null = not yet
 * @param resolvedAt when it was resolved; null = not yet
 * @param value newest value in the metric's unit
 * @param threshold the rule's
 * @param reason why the newest transition happened, one word
 */
public record AlertView(
        String id,
        String rule,
        String machine,
        String series,
        String state,
        String severity,
        String message,
        long startedAt,
        Long firedAt,
        Long resolvedAt,
        double value,
        double threshold,
        String reason) {

    /** Whether it is not resolved. */
    public boolean open() {
        return resolvedAt == null && !state.equals("resolved");
    }
}
