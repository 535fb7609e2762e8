package ar.mcrn.sysmonstm.ops.systemtests.documents;

import ar.mcrn.sysmonstm.aggregator.AggregatorConfiguration;
import ar.mcrn.sysmonstm.alerts.service.AlertsConfiguration;
import ar.mcrn.sysmonstm.api.ApiConfiguration;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Setting;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceConfiguration;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Settings of one service as they are declared: keys, variables and defaults in the YAML of its jar, the rest at the fields
 * of its class.
 *
 * @param service its name, and that of its YAML
 * @param type class of its configuration
 * @param list in the order of the YAML
 */
record DeclaredSettings(String service, Class<? extends ServiceConfiguration> type, List<One> list) {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+):-(.*)}");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /**
     * One setting.
     *
     * @param key path in the configuration
     * @param variable of the environment
     * @param fallback value where the variable is not set; may be empty
     * @param allowed unit and range; may be empty
     * @param effect with what happens where there is no value
     * @param absent what happens without a value and a default
     */
    record One(String key, String variable, String fallback, String allowed, String effect, String absent) {}

    /** Of every service, in the order of the page. */
    static List<DeclaredSettings> ofAllServices() {
        return List.of(
                of("aggregator", AggregatorConfiguration.class),
                of("api", ApiConfiguration.class),
                of("alerts", AlertsConfiguration.class),
                of("relay", relay()));
    }

    /** Not public, since nobody else needs it. */
    private static Class<? extends ServiceConfiguration> relay() {
        try {
            return Class.forName("ar.mcrn.sysmonstm.relay.RelayConfiguration").asSubclass(ServiceConfiguration.class);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws IllegalStateException naming a key that is declared in one place alone */
    private static DeclaredSettings of(String service, Class<? extends ServiceConfiguration> type) {
        Map<String, AnnotatedElement> declared = declared("", type);
        Set<String> own = new HashSet<>(declared.keySet());
        declared.putAll(declared("", ServiceConfiguration.class));
        List<One> list = new ArrayList<>();
        leaves("", yaml(service, type), (key, text) -> {
            AnnotatedElement element = declared.get(key);
            own.remove(key);
            Matcher variable = VARIABLE.matcher(text);
            if (element == null) {
                throw new IllegalStateException(service + ".yaml: " + key + " has no @Setting in " + type);
            }
            if (variable.matches()) {
                Setting setting = element.getAnnotation(Setting.class);
                String fallback = variable.group(2).replaceAll("^\"|\"$", "");
                list.add(new One(
                        key,
                        variable.group(1),
                        fallback,
                        allowed(element, setting),
                        setting.value(),
                        setting.absent()));
            }
        });
        if (!own.isEmpty()) {
            throw new IllegalStateException(service + ".yaml lacks " + own + " of " + type);
        }
        return new DeclaredSettings(service, type, List.copyOf(list));
    }

    private static JsonNode yaml(String service, Class<?> type) {
        try (InputStream in = type.getResourceAsStream("/" + service + ".yaml")) {
            return YAML.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Leaf {
        void take(String key, String text);
    }

    private static void leaves(String path, JsonNode node, Leaf leaf) {
        if (node.isValueNode()) {
            leaf.take(path, node.asText());
        }
        node.properties().forEach(child -> leaves(path(path, child.getKey()), child.getValue(), leaf));
    }

    private static String path(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static Map<String, AnnotatedElement> declared(String path, Class<?> type) {
        Map<String, AnnotatedElement> declared = new LinkedHashMap<>();
        for (Field field : type.getDeclaredFields()) {
            if (field.isAnnotationPresent(Setting.class) && !type.isRecord()) {
                declared.put(path(path, field.getName()), field);
            } else if (field.getType().isRecord()) {
                declared.putAll(declared(path(path, field.getName()), field.getType()));
            }
        }
        for (RecordComponent component : type.isRecord() ? type.getRecordComponents() : new RecordComponent[0]) {
            if (component.isAnnotationPresent(Setting.class)) {
                declared.put(path(path, component.getName()), component);
            }
        }
        return declared;
    }

    private static String allowed(AnnotatedElement element, Setting setting) {
        Min least = element.getAnnotation(Min.class);
        Max most = element.getAnnotation(Max.class);
        if (!setting.allowed().isEmpty() || least == null || most == null) {
            return setting.allowed();
        }
        return String.format(Locale.ROOT, "%,d to %,d", least.value(), most.value());
    }
}
