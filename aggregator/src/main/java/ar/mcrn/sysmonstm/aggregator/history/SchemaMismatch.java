package ar.mcrn.sysmonstm.aggregator.history;

/**
 * The database's schema is not one that this version may write to: newer, altered, or of another mode. Only a person can
 * mend it. The message is one line that says what was found and what was expected.
 */
public final class SchemaMismatch extends Exception {
    private static final long serialVersionUID = 1L;

    SchemaMismatch(String message) {
        super(message);
    }
}
