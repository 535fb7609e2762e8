package ar.mcrn.sysmonstm.alerts.rules;

import java.time.Duration;

/**
 * One alert rule.
 *
 * @param name unique among rules; 1 to 64 letters, digits, {@code . _ -}
 * @param condition what it asks
 * @param hold {@code for}: how long the condition must hold before it fires; 0 to 30 days
 * @param severity how much it matters
 * @param machines whom it covers
 * @param message text for people, with {@code {machine} {series} {value} {threshold}} filled in; empty for the usual one
 */
public record AlertRule(
        String name, Condition condition, Duration hold, Severity severity, MachineSelector machines, String message) {
    /** Longest {@code for}. */
    public static final Duration LONGEST_HOLD = Duration.ofDays(30);
    /** Longest message, characters. */
    public static final int LONGEST_MESSAGE = 512;

    private static final String NAME = "[A-Za-z0-9._-]{1,64}";

    /** @throws IllegalArgumentException naming field, value and allowed range */
    public AlertRule {
        if (!isName(name)) {
            throw new IllegalArgumentException("name=" + name + ", allowed: 1 to 64 letters, digits, . _ -");
        }
        if (hold.isNegative() || hold.compareTo(LONGEST_HOLD) > 0) {
            throw new IllegalArgumentException("for=" + hold + ", allowed: 0s to 720h");
        }
        if (message.length() > LONGEST_MESSAGE) {
            throw new IllegalArgumentException(
                    "message has " + message.length() + " characters, allowed: at most " + LONGEST_MESSAGE);
        }
    }

    /** True where {@code text} can name a rule. */
    static boolean isName(String text) {
        return text.matches(NAME);
    }
}
