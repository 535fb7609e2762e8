package ar.mcrn.sysmonstm.ops.systemtests.documents;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.agent.AgentSetting;
import ar.mcrn.sysmonstm.ops.systemtests.processes.RepositoryRoot;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What {@code ops/compose} hands to services are settings that they have, {@code .env.example} tells all, with their defaults,
 * and documents name no others.
 */
final class VariablesTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Pattern EXAMPLE = Pattern.compile("#([A-Z][A-Z0-9_]*)=(\\S*)( +#.*)?");
    private static final Pattern USE = Pattern.compile("\\$\\{([A-Z][A-Z0-9_]*)(?::-([^}]*))?}");
    private static final Pattern OURS = Pattern.compile(
            "\\b(AGGREGATOR|ALERTS?|API|COLLECTOR|EDGE|HISTORY|LOG|MACHINE|REDIS|RELAY|TIMESCALE)_[A-Z0-9_]*[A-Z0-9]\\b");
    /** Of the images: options of the JVM. */
    private static final String JAVA_OPTIONS = "SYSMON_JAVA_OPTIONS";

    private final Path root = RepositoryRoot.find().path();
    private final Path folder = root.resolve("ops/compose");
    private final Map<String, Map<String, String>> services = serviceDefaults();

    @Test
    void exampleHasEveryVariableWithItsDefault() throws IOException {
        Map<String, String> example = new TreeMap<>();
        for (String line : Files.readAllLines(folder.resolve(".env.example"))) {
            Matcher matcher = EXAMPLE.matcher(line);
            if (matcher.matches()) {
                assertThat(example.put(matcher.group(1), matcher.group(2)))
                        .as("%s twice", matcher.group(1))
                        .isNull();
            }
        }
        assertThat(example).containsExactlyInAnyOrderEntriesOf(defaultsOfCompose());
    }

    /** By name: the default that a compose file gives, or else, where it only hands it on, the service's own. */
    private Map<String, String> defaultsOfCompose() throws IOException {
        Map<String, String> defaults = new TreeMap<>();
        for (Path file : composeFiles()) {
            for (String line : Files.readAllLines(file)) {
                Matcher use = USE.matcher(line);
                while (!line.strip().startsWith("#") && use.find()) {
                    put(defaults, use.group(1), use.group(2) == null ? "" : use.group(2));
                }
            }
            environments(file)
                    .forEach((service, environment) -> environment.properties().forEach(entry -> {
                        if (entry.getValue().isNull()) {
                            put(defaults, entry.getKey(), services.get(service).get(entry.getKey()));
                        }
                    }));
        }
        return defaults;
    }

    private static void put(Map<String, String> defaults, String name, String value) {
        String before = defaults.put(name, value);
        // Wherever the name stands, one default: of each service's JVM options and images there are names of their own.
        assertThat(before == null ? value : before).as(name).isEqualTo(value);
    }

    @Test
    void servicesGetOnlyWhatTheyRead() throws IOException {
        Set<String> unknown = new TreeSet<>();
        for (Path file : composeFiles()) {
            environments(file)
                    .forEach((service, environment) -> environment.fieldNames().forEachRemaining(name -> {
                        Set<String> known = services.get(service).keySet();
                        if (!known.contains(name) && !known.contains(name.replaceAll("_FILE$", ""))) {
                            unknown.add(file.getFileName() + ": " + service + ": " + name);
                        }
                    }));
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void documentsNameOnlyVariablesThatThereAre() throws IOException {
        Set<String> known = new TreeSet<>(defaultsOfCompose().keySet());
        services.values().forEach(own -> known.addAll(own.keySet()));
        Set<String> unknown = new TreeSet<>();
        for (Path file : MarkdownFiles.below(root)) {
            Matcher named = OURS.matcher(Files.readString(file));
            while (named.find()) {
                if (!known.contains(named.group())
                        && !known.contains(named.group().replaceAll("_FILE$", ""))) {
                    unknown.add(root.relativize(file) + ": " + named.group());
                }
            }
        }
        assertThat(unknown).isEmpty();
    }

    private List<Path> composeFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.sorted().toList()) {
                if (file.toString().endsWith(".yaml")
                        && YAML.readTree(file.toFile()).has("services")) {
                    files.add(file);
                }
            }
        }
        return files;
    }

    /** Of the services that are ours, by their name. */
    private Map<String, JsonNode> environments(Path file) throws IOException {
        Map<String, JsonNode> environments = new TreeMap<>();
        YAML.readTree(file.toFile()).get("services").properties().forEach(service -> {
            if (services.containsKey(service.getKey()) && service.getValue().has("environment")) {
                environments.put(service.getKey(), service.getValue().get("environment"));
            }
        });
        return environments;
    }

    private static Map<String, Map<String, String>> serviceDefaults() {
        Map<String, Map<String, String>> defaults = new HashMap<>();
        for (DeclaredSettings declared : DeclaredSettings.ofAllServices()) {
            Map<String, String> own = new HashMap<>(Map.of(JAVA_OPTIONS, ""));
            declared.list().forEach(one -> own.put(one.variable(), one.fallback()));
            defaults.put(declared.service(), own);
        }
        Map<String, String> agent = new HashMap<>(Map.of(JAVA_OPTIONS, ""));
        for (AgentSetting setting : AgentSetting.values()) {
            setting.names().forEach(name -> agent.put(name, setting.fallback()));
        }
        defaults.put("agent", agent);
        return defaults;
    }
}
