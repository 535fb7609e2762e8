package ar.mcrn.sysmonstm.ops.runtime.service;

import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.DurationText;
import ar.mcrn.sysmonstm.ops.runtime.configuration.EnvironmentVariables;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dropwizard.jackson.Jackson;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads a service's configuration: the YAML in its jar or a file, with environment variables put in, then the options of
 * the command line. Whatever is wrong is one {@link ConfigurationProblem} naming key, value and what is allowed.
 */
public final class ConfigurationReader {
    private static final ObjectMapper MAPPER = Jackson.newObjectMapper()
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
        String file = "configuration " + (options.config == null ? resource : options.config);
        String text = text(type, resource, options.config);
        Optional<YamlText> template = template(text);
        YamlText given = yaml(file, substituted(text));
        if (!(given.tree() instanceof ObjectNode tree)) {
            throw new ConfigurationProblem(file + ": the file must hold keys and values, such as bind: 127.0.0.1");
        }
        options.given().forEach((key, option) -> tree.set(key, MAPPER.valueToTree(option.value())));
        SettingNames names =
                new SettingNames(template.map(YamlText::tree).orElse(MissingNode.getInstance()), environment, options);
        ConfigurationFaults faults = new ConfigurationFaults(
                options.config == null ? "" : file,
                Stream.concat(template.stream(), Stream.of(given)).toList(),
                names);
        C configuration = map(tree, type, faults);
        Set<ConstraintViolation<C>> violations = validator.validate(configuration);
        if (!violations.isEmpty()) {
            throw faults.validation(violations);
        }
        checkBind(configuration, faults);
        return configuration;
    }

    /** Whether a service's built-in configuration has a key. */
    static boolean has(Class<?> type, String resource, String key) {
        return template(text(type, resource, null))
                .map(yaml -> yaml.tree().has(key))
                .orElse(false);
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

    private static YamlText yaml(String file, String text) {
        try {
            return new YamlText(text);
        } catch (JacksonException e) {
            String line =
                    e.getLocation() == null ? "" : " line " + e.getLocation().getLineNr();
            throw new ConfigurationProblem(
                    file + line + ": is not YAML here; text with special characters needs quotes");
        } catch (YamlText.Refused e) {
            throw new ConfigurationProblem(file + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("BUG: text in memory cannot be read", e);
        }
    }

    /** As it is before variables are put in; nothing where it is YAML only afterwards. */
    private static Optional<YamlText> template(String text) {
        try {
            return Optional.of(new YamlText(text));
        } catch (IOException e) {
            return Optional.empty();
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

    private static <C> C map(JsonNode tree, Class<C> type, ConfigurationFaults faults) {
        try {
            return MAPPER.treeToValue(tree, type);
        } catch (JsonMappingException e) {
            throw faults.mapping(e, tree);
        } catch (JacksonException ignored) { // its text may show a value
            throw new IllegalStateException("BUG: a tree cannot be walked");
        }
    }

    private static void checkBind(ServiceConfiguration configuration, ConfigurationFaults faults) {
        String bind = configuration.bind();
        try {
            InetAddress address = InetAddress.getByName(bind);
            new ServerSocket(0, 1, address).close();
            if (!address.isLoopbackAddress() && !configuration.insecure()) {
                throw faults.key(
                        "bind",
                        bind,
                        "is reachable from outside and nothing is encrypted: give --insecure to allow it");
            }
        } catch (IOException e) {
            throw faults.key("bind", bind, "is not an address of this machine");
        }
    }
}
