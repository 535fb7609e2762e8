package ar.mcrn.sysmonstm.alerts.rules;

/** A rule file that cannot be used; the message is one line naming file, line, key, value and what is allowed. */
public final class RuleFileException extends Exception {
    private static final long serialVersionUID = 1;

    RuleFileException(String message) {
        super(message);
    }
}
