package ar.mcrn.sysmonstm.ops.systemtests.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ar.mcrn.sysmonstm.agent.AgentConfig;
import ar.mcrn.sysmonstm.agent.AgentSetting;
import ar.mcrn.sysmonstm.ops.runtime.configuration.EnvironmentVariables;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Setting;
import ar.mcrn.sysmonstm.ops.runtime.service.ConfigurationReader;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceConfiguration;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceOptions;
import io.dropwizard.jersey.validation.Validators;
import jakarta.validation.Validator;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.AbstractMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The page of settings is what the classes say, and what they say is what they do. */
final class ConfigurationPageTest {
    private static final Validator VALIDATOR = Validators.newValidator();
    private static final Pattern RANGE = Pattern.compile("([\\d,]+)(ms|s|m|h|d|) to ([\\d,]+)(ms|s|m|h|d|)");
    /** The service's own YAML alone sets them. */
    private static final Set<String> PORTS = Set.of("httpPort", "adminPort");
    /** Which folder for the state of programs there is; read only where no spool folder is set. */
    private static final Set<String> STATE_FOLDERS = Set.of("STATE_DIRECTORY", "XDG_STATE_HOME");

    @Test
    void pageIsWhatTheClassesGive() throws IOException {
        List<String> given = ConfigurationPage.text().lines().toList();
        List<String> committed = Files.readAllLines(ConfigurationPage.file());
        for (int i = 0; i < Math.max(given.size(), committed.size()); i++) {
            assertThat(i < committed.size() ? committed.get(i) : "(end)")
                    .as("line %d of ops/docs/configuration.md; `./sysmon docs` writes it anew", i + 1)
                    .isEqualTo(i < given.size() ? given.get(i) : "(end)");
        }
    }

    static List<DeclaredSettings> services() {
        return DeclaredSettings.ofAllServices();
    }

    /** A file given by --config that leaves a key out gets the same as without a file. */
    @ParameterizedTest
    @MethodSource("services")
    void defaultsOfTheClassAreThoseOfItsFile(DeclaredSettings declared) throws ReflectiveOperationException {
        Constructor<? extends ServiceConfiguration> constructor =
                declared.type().getDeclaredConstructor();
        constructor.setAccessible(true);
        ServiceConfiguration bare = constructor.newInstance();
        ServiceConfiguration read = read(declared, Map.of());
        for (Class<?> type : List.of(declared.type(), ServiceConfiguration.class)) {
            for (Field field : type.getDeclaredFields()) {
                boolean set = declared.list().stream().anyMatch(one -> one.key().equals(field.getName()));
                field.setAccessible(true);
                Object value = set && !PORTS.contains(field.getName()) ? field.get(bare) : null;
                if (value != null) {
                    assertThat(value).as("%s of %s", field.getName(), type).isEqualTo(field.get(read));
                }
            }
        }
        assertThat(settings(bare)).usingRecursiveComparison().isEqualTo(settings(read));
    }

    @ParameterizedTest
    @MethodSource("services")
    void rangesAreAsSaid(DeclaredSettings declared) throws ReflectiveOperationException {
        int tried = 0;
        for (DeclaredSettings.One one : declared.list()) {
            Matcher range = RANGE.matcher(one.allowed());
            if (!range.matches()) {
                continue;
            }
            long least = Long.parseLong(range.group(1).replace(",", ""));
            long most = Long.parseLong(range.group(3).replace(",", ""));
            settings(read(declared, around(one, least + range.group(2))));
            settings(read(declared, around(one, most + range.group(4))));
            assertRefused(declared, one, least - 1 + range.group(2));
            assertRefused(declared, one, most + 1 + range.group(4));
            tried++;
        }
        assertThat(tried).as("ranges of %s", declared.service()).isPositive();
    }

    private static void assertRefused(DeclaredSettings declared, DeclaredSettings.One one, String value) {
        assertThatThrownBy(() -> settings(read(declared, around(one, value))))
                .as("%s=%s", one.variable(), value)
                .hasMessageContaining(one.variable());
    }

    /** The value, and beside it what it needs to be looked at, or to be within reach of its neighbours. */
    private static Map<String, String> around(DeclaredSettings.One one, String value) {
        Map<String, String> environment = new HashMap<>();
        if (one.key().startsWith("edge.")) {
            environment.put("EDGE_URL", "ws://127.0.0.1:1");
        }
        if (one.variable().equals("HISTORY_RAW_RETENTION")) {
            environment.put("HISTORY_MINUTE_RETENTION", "4000d");
            environment.put("HISTORY_HOUR_RETENTION", "4001d");
        }
        environment.put(one.variable(), value);
        return environment;
    }

    @Test
    void theAgentReadsWhatItSaysAndNothingElse() {
        Set<String> asked = new TreeSet<>();
        Map<String, String> recording = new AbstractMap<>() {
            @Override
            public String get(Object key) {
                asked.add(key.toString());
                return null;
            }

            @Override
            public String getOrDefault(Object key, String fallback) {
                asked.add(key.toString());
                return fallback;
            }

            @Override
            public Set<Map.Entry<String, String>> entrySet() {
                return Set.of();
            }
        };
        AgentConfig.fromEnvironment(recording, () -> "box");
        asked.removeAll(STATE_FOLDERS);
        assertThat(asked)
                .isEqualTo(Set.of(AgentSetting.values()).stream()
                        .flatMap(setting -> setting.names().stream())
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    /** So that a default of the agent that is said is one that is taken. */
    @Test
    void defaultsOfTheAgentSetChangeNothing() {
        Map<String, String> all = Set.of(AgentSetting.values()).stream()
                .filter(setting -> !setting.fallback().isEmpty())
                .collect(Collectors.toMap(setting -> setting.names().getLast(), AgentSetting::fallback));
        assertThat(AgentConfig.fromEnvironment(all, () -> "box"))
                .isEqualTo(AgentConfig.fromEnvironment(Map.of(), () -> "box"));
    }

    @Test
    void everyKeyOfEveryServiceSaysWhatItIsFor() {
        for (Field field : ServiceConfiguration.class.getDeclaredFields()) {
            assertThat(field.isSynthetic() || field.isAnnotationPresent(Setting.class))
                    .as(field.getName())
                    .isTrue();
        }
    }

    private static ServiceConfiguration read(DeclaredSettings declared, Map<String, String> environment) {
        return new ConfigurationReader(new EnvironmentVariables(environment), VALIDATOR)
                .read(declared.type(), declared.service() + ".yaml", new ServiceOptions());
    }

    /** What the assembly of the service takes, checked. */
    private static Object settings(ServiceConfiguration configuration) throws ReflectiveOperationException {
        Method settings = configuration.getClass().getDeclaredMethod("settings");
        settings.setAccessible(true);
        try {
            return settings.invoke(configuration);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
