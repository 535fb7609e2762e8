package ar.mcrn.sysmonstm.agent;

/** A setting that cannot be; the message is one line that names key, value and range. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With that message. */
    public ConfigurationException(String message) {
        super(message);
    }
}
