package ar.mcrn.sysmonstm.ops.runtime.configuration;

/** A configuration that a service cannot start with. The message is one line naming key, value and what is allowed. */
public final class ConfigurationProblem extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ConfigurationProblem(String message) {
        super(message);
    }
}
