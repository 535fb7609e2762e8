package ar.mcrn.sysmonstm.ops.runtime.configuration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.text.StringSubstitutor;
import org.apache.commons.text.lookup.StringLookup;

/**
 * Puts environment variables into a configuration: {@code ${NAME:-default}}. Where {@code NAME} is not set but {@code
 * NAME_FILE} is, the first line of that file counts. Text from the environment stays text: it is quoted for YAML, so that
 * no value can add keys.
 */
public final class EnvironmentVariables {
    private final Map<String, String> environment;

    /** Of {@link System#getenv()}, or a map in tests. */
    public EnvironmentVariables(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** The process's own environment. */
    public static EnvironmentVariables ofProcess() {
        return new EnvironmentVariables(System.getenv());
    }

    /**
     * Value of one variable; null where neither it nor its file is set.
     *
     * @throws IllegalArgumentException when the file cannot be read
     */
    public String lookup(String name) {
        String value = value(name);
        return value == null ? null : "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    /**
     * Value of one variable as it is; empty where neither it nor its file is set.
     *
     * @throws IllegalArgumentException when the file cannot be read
     */
    public Optional<String> find(String name) {
        return Optional.ofNullable(value(name));
    }

    /** All variables as they are, {@code NAME_FILE} among them. */
    public Map<String, String> values() {
        return environment;
    }

    private String value(String name) {
        String value = environment.get(name);
        if (value != null && !value.isEmpty()) {
            return value;
        }
        String file = environment.get(name + "_FILE");
        if (file == null || file.isEmpty()) {
            return null;
        }
        try {
            return Files.readAllLines(Path.of(file)).stream().findFirst().orElse("");
        } catch (IOException | java.nio.file.InvalidPathException e) {
            throw new IllegalArgumentException(name + "_FILE=" + file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Replaces all variables in a text. */
    public StringSubstitutor substitutor() {
        return new StringSubstitutor((StringLookup) this::lookup);
    }
}
