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
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.dropwizard.jackson.Jackson;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
        JsonNode tree = tree(type, resource, options.config);
        if (tree instanceof ObjectNode object) {
            override(object, options);
        }
        C configuration = map(tree, type);
        String faults = validator.validate(configuration).stream()
                .map(ConfigurationReader::describe)
                .sorted(Comparator.naturalOrder())
                .collect(Collectors.joining("; "));
        if (!faults.isEmpty()) {
            throw new ConfigurationProblem(faults);
        }
        checkBind(configuration);
        return configuration;
    }

    private JsonNode tree(Class<?> type, String resource, Path file) {
        String name = file == null ? resource : file.toString();
        try {
            String text = file == null ? builtIn(type, resource) : Files.readString(file);
            return YAML.readTree(environment.substitutor().replace(text));
        } catch (JacksonException e) {
            String line =
                    e.getLocation() == null ? "" : " line " + e.getLocation().getLineNr();
            throw new ConfigurationProblem("configuration " + name + line + ": " + firstLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new ConfigurationProblem("configuration " + name + " cannot be read: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new ConfigurationProblem(e.getMessage());
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

    private static void override(ObjectNode tree, ServiceOptions options) {
        if (options.bind != null) {
            tree.put("bind", options.bind);
        }
        if (options.insecure) {
            tree.put("insecure", true);
        }
        if (options.http != null) {
            tree.put("httpPort", options.http);
        }
        if (options.admin != null) {
            tree.put("adminPort", options.admin);
        }
        if (options.grpc != null) {
            tree.put("grpcPort", options.grpc);
        }
    }

    private static <C> C map(JsonNode tree, Class<C> type) {
        try {
            return YAML.treeToValue(tree, type);
        } catch (PropertyBindingException e) {
            throw new ConfigurationProblem(path(e) + " is not a known key; known here: "
                    + e.getKnownPropertyIds().stream()
                            .map(Object::toString)
                            .sorted()
                            .collect(Collectors.joining(", ")));
        } catch (InvalidFormatException e) {
            throw new ConfigurationProblem(path(e) + "=" + e.getValue() + ": " + firstLine(e.getOriginalMessage()));
        } catch (JsonMappingException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String message =
                    cause instanceof JsonMappingException mapping ? mapping.getOriginalMessage() : cause.getMessage();
            throw new ConfigurationProblem(path(e) + " " + firstLine(message));
        } catch (JacksonException e) {
            throw new ConfigurationProblem(firstLine(e.getOriginalMessage()));
        }
    }

    private static String path(JsonMappingException e) {
        return e.getPath().stream()
                .map(r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : r.getFieldName())
                .collect(Collectors.joining("."));
    }

    private static String describe(ConstraintViolation<?> violation) {
        return violation.getPropertyPath() + "=" + violation.getInvalidValue() + " " + violation.getMessage();
    }

    private static void checkBind(ServiceConfiguration configuration) {
        try {
            boolean loopback = InetAddress.getByName(configuration.bind()).isLoopbackAddress();
            if (!loopback && !configuration.insecure()) {
                throw new ConfigurationProblem("bind=" + configuration.bind()
                        + " is reachable from outside and nothing is encrypted: give --insecure to allow it");
            }
        } catch (UnknownHostException e) {
            throw new ConfigurationProblem("bind=" + configuration.bind() + " is not an address of this machine");
        }
    }

    private static String firstLine(String text) {
        return text == null ? "unknown" : text.lines().findFirst().orElse("unknown");
    }
}
