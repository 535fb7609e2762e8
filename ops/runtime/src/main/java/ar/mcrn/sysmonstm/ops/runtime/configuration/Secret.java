package ar.mcrn.sysmonstm.ops.runtime.configuration;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A token or password. Never shown: neither by {@link #toString()} nor in JSON. */
public final class Secret {
    /** No secret. */
    public static final Secret NONE = new Secret("");

    private final String value;

    @JsonCreator
    public Secret(String value) {
        this.value = value == null ? "" : value.strip();
    }

    /** The secret itself; for the one place that needs it. */
    public String reveal() {
        return value;
    }

    /** The secret itself, as {@link #reveal()}. */
    @JsonIgnore
    public String value() {
        return value;
    }

    /** True where there is none. */
    @JsonIgnore
    public boolean isEmpty() {
        return value.isEmpty();
    }

    /** Compares in time that does not depend on where they differ. */
    public boolean matches(String given) {
        return MessageDigest.isEqual(
                value.getBytes(StandardCharsets.UTF_8), (given == null ? "" : given).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && matches(secret.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value.isEmpty() ? "" : "***";
    }
}
