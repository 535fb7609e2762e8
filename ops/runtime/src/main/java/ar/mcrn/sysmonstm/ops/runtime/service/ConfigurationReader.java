package ar.mcrn.sysmonstm.ops.runtime.service;

import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.DurationText;
import ar.mcrn.sysmonstm.ops.runtime.configuration.EnvironmentVariables;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.PropertyBindingException;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.dropwizard.jackson.Jackson;
import jakarta.validation.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Collectors;

/**
 * Reads a service's configuration: the YAML in its jar or a file, with environment variables put in, then the options of
 * the command line. Whatever is wrong is one {@link ConfigurationProblem} naming key, value and what is allowed.
 */
public final class ConfigurationReader {
    private static final ObjectMapper YAML = Jackson.newObjectMapper(new YAMLFactory())
            .registerModule(DurationText.jacksonModule())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_IGNORED_PROPERTIES);

    private final EnvironmentVariables environment;
    private final Validator validator;

    public ConfigurationReader(EnvironmentVariables environment, Validator validator) {
        this.environment = environment;
        this.validator = validator;
    }

    /**
     * Reads and checks.
     *
     * @param type whose package holds the built-in YAML
     * @param resource name of the built-in YAML, such as {@code api.yaml}
     * @param options of the command line
     * @throws ConfigurationProblem with one line for people
     */
    public <C extends ServiceConfiguration> C read(Class<C> type, String resource, ServiceOptions options) {
        String file = options.config == null ? resource : options.config.toString();
        String text = text(type, resource, options.config);
        String substituted = substituted(text);
        JsonNode tree = tree(file, substituted);
        if (tree instanceof ObjectNode object) {
            options.given().forEach((key, given) -> object.set(key, YAML.valueToTree(given.value())));
        }
        SettingNames names = new SettingNames(template(text), environment, options);
        C configuration =
                map(tree, type, names, options.config == null ? "" : where(options.config, substituted, type));
        String faults = validator.validate(configuration).stream()
                .map(violation -> names.of(violation.getPropertyPath().toString()) + "=" + violation.getInvalidValue()
                        + " " + violation.getMessage())
                .sorted(Comparator.naturalOrder())
                .collect(Collectors.joining("; "));
        if (!faults.isEmpty()) {
            throw new ConfigurationProblem(faults);
        }
        checkBind(configuration, names);
        return configuration;
    }

    /** Whether a service's built-in configuration has a key. */
    static boolean has(Class<?> type, String resource, String key) {
        return template(text(type, resource, null)).has(key);
    }

    private static String text(Class<?> type, String resource, Path file) {
        try {
            return file == null ? builtIn(type, resource) : Files.readString(file);
        } catch (IOException e) {
            throw new ConfigurationProblem("configuration " + (file == null ? resource : file) + " cannot be read: "
                    + (e instanceof NoSuchFileException ? "it does not exist" : e.getMessage()));
        }
    }

    private String substituted(String text) {
        try {
            return environment.substitutor().replace(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationProblem(e.getMessage());
        }
    }

    private static JsonNode tree(String file, String text) {
        try {
            return YAML.readTree(text);
        } catch (JacksonException e) {
            throw new ConfigurationProblem(
                    "configuration " + file + lineOf(e) + ": " + firstLine(e.getOriginalMessage()));
        }
    }

    /** As it is before variables are put in; nothing where it is YAML only afterwards. */
    private static JsonNode template(String text) {
        try {
            return YAML.readTree(text);
        } catch (JacksonException e) {
            return MissingNode.getInstance();
        }
    }

    private static String builtIn(Class<?> type, String resource) throws IOException {
        try (InputStream in = type.getResourceAsStream("/" + resource)) {
            if (in == null) {
                throw new IOException("BUG: not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Names a file, and the line of its first fault where it has one, in front of what is wrong. */
    private static String where(Path file, String text, Class<?> type) {
        try {
            Object _ = YAML.readValue(text, type);
            return "configuration " + file + ": ";
        } catch (JacksonException e) {
            return "configuration " + file + lineOf(e) + ": ";
        }
    }

    private static String lineOf(JacksonException e) {
        return e.getLocation() == null ? "" : " line " + e.getLocation().getLineNr();
    }

    /** @param where stands in front of each fault */
    private static <C> C map(JsonNode tree, Class<C> type, SettingNames names, String where) {
        try {
            return YAML.treeToValue(tree, type);
        } catch (PropertyBindingException e) {
            throw new ConfigurationProblem(where + path(e) + " is not a known key; known here: "
                    + e.getKnownPropertyIds().stream()
                            .map(Object::toString)
                            .sorted()
                            .collect(Collectors.joining(", ")));
        } catch (InvalidFormatException e) {
            throw new ConfigurationProblem(
                    where + names.of(path(e)) + "=" + e.getValue() + ": " + firstLine(e.getOriginalMessage()));
        } catch (JsonMappingException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String message =
                    cause instanceof JsonMappingException mapping ? mapping.getOriginalMessage() : cause.getMessage();
            throw new ConfigurationProblem(where + names.of(path(e)) + " " + firstLine(message));
        } catch (JacksonException e) {
            throw new ConfigurationProblem(where + firstLine(e.getOriginalMessage()));
        }
    }

    private static String path(JsonMappingException e) {
        return e.getPath().stream()
                .map(r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : r.getFieldName())
                .collect(Collectors.joining("."));
    }

    private static void checkBind(ServiceConfiguration configuration, SettingNames names) {
        String given = names.of("bind") + "=" + configuration.bind();
        try {
            InetAddress address = InetAddress.getByName(configuration.bind());
            new ServerSocket(0, 1, address).close();
            if (!address.isLoopbackAddress() && !configuration.insecure()) {
                throw new ConfigurationProblem(
                        given + " is reachable from outside and nothing is encrypted: give --insecure to allow it");
            }
        } catch (IOException e) {
            throw new ConfigurationProblem(given + " is not an address of this machine");
        }
    }

    private static String firstLine(String text) {
        return text == null ? "unknown" : text.lines().findFirst().orElse("unknown");
    }
}
