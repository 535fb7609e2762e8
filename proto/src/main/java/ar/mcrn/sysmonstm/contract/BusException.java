package ar.mcrn.sysmonstm.contract;

/** Hot state or event bus cannot be reached, or refused: transient, try again. */
public final class BusException extends Exception {
    private static final long serialVersionUID = 1;

    public BusException(String message, Throwable cause) {
        super(message, cause);
    }
}
