package ar.mcrn.sysmonstm.ops.runtime.service;

import ar.mcrn.sysmonstm.ops.runtime.configuration.EnvironmentVariables;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Under which name a setting was given: an option, an environment variable, or else its key in the configuration. Messages
 * name what people wrote.
 */
final class SettingNames {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)(?::-.*)?}", Pattern.DOTALL);

    private final Map<String, String> names = new HashMap<>();

    /**
     * @param template the configuration before variables were put in
     * @param environment whose variables win over it
     * @param options which win over both
     */
    SettingNames(JsonNode template, EnvironmentVariables environment, ServiceOptions options) {
        collect("", template, environment);
        options.given().forEach((key, option) -> names.put(key, option.name()));
    }

    private void collect(String path, JsonNode node, EnvironmentVariables environment) {
        node.properties()
                .forEach(child -> collect(
                        path.isEmpty() ? child.getKey() : path + "." + child.getKey(), child.getValue(), environment));
        Matcher variable = VARIABLE.matcher(node.asText());
        if (node.isTextual()
                && variable.matches()
                && environment.find(variable.group(1)).isPresent()) {
            names.put(path, variable.group(1));
        }
    }

    /** Whether it was given by its key: neither by an option nor by a variable. */
    boolean isKey(String path) {
        return !names.containsKey(path);
    }

    /** @param path of a key, such as {@code edge.delay} */
    String of(String path) {
        return names.getOrDefault(path, path);
    }
}
