package ar.mcrn.sysmonstm.agent;

import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.contract.MachineId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Settings of the agent, all from the environment; {@link AgentSetting} holds names, defaults and what is allowed.
 *
 * @param aggregator where samples go
 * @param machine name of this machine
 * @param interval collect interval
 * @param token empty where there is none
 * @param labels the operator's, by name
 * @param spool where samples are kept, and how many
 * @param hostRoot where the root of the machine is mounted: {@code /}, or another place in a container
 * @param logLevel {@code LOG_LEVEL}
 * @param logFormat {@code LOG_FORMAT}
 */
public record AgentConfig(
        AggregatorAddress aggregator,
        MachineId machine,
        Duration interval,
        String token,
        SortedMap<String, String> labels,
        SpoolSettings spool,
        Path hostRoot,
        LogLevel logLevel,
        LogFormat logFormat) {
    /** Variables that options of the program stand for, by the names tried in this order. */
    static final String[] AGGREGATOR = AgentSetting.AGGREGATOR.names().toArray(String[]::new);

    static final String[] MACHINE = AgentSetting.MACHINE.names().toArray(String[]::new);
    static final String INTERVAL = AgentSetting.INTERVAL.key();

    private static final Duration SHORTEST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final int TOKEN_BYTES = 1_024;
    private static final int LABEL_BYTES = 8_192;
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|s|m|h)?");

    /** Least severe message that is logged. */
    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    /** How a log line looks. */
    public enum LogFormat {
        TEXT,
        JSON
    }

    public AgentConfig {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    /**
     * Reads the settings.
     *
     * @param environment by name; a value that is blank counts as absent
     * @param hostName asked where no machine id is set
     * @throws ConfigurationException naming key, value and range of the first that cannot be
     */
    public static AgentConfig fromEnvironment(Map<String, String> environment, Supplier<String> hostName) {
        MachineId machine = machine(environment, hostName);
        return new AgentConfig(
                aggregator(environment),
                machine,
                interval(environment),
                token(environment),
                labels(environment),
                SpoolSettings.fromEnvironment(environment, machine),
                hostRoot(environment),
                choice(environment, AgentSetting.LOG_LEVEL, LogLevel.class),
                choice(environment, AgentSetting.LOG_FORMAT, LogFormat.class));
    }

    private static AggregatorAddress aggregator(Map<String, String> environment) {
        String value = AgentSetting.AGGREGATOR.value(environment).strip();
        try {
            return AggregatorAddress.parse(value);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    AgentSetting.AGGREGATOR.setName(environment) + "=" + printable(value) + " " + e.getMessage());
        }
    }

    private static MachineId machine(Map<String, String> environment, Supplier<String> hostName) {
        String key = AgentSetting.MACHINE.setName(environment);
        String value = AgentSetting.MACHINE.value(environment);
        boolean set = !value.isEmpty();
        String name = set ? value : hostName.get();
        try {
            return new MachineId(name);
        } catch (IllegalArgumentException e) {
            String origin = set ? key + "=" + printable(name) : key + " is not set and the host name cannot serve";
            throw new ConfigurationException(origin + ": " + e.getMessage()
                    + "; allowed are 1 to 128 bytes of letters, digits and . _ - : @ + ( )");
        }
    }

    private static Duration interval(Map<String, String> environment) {
        String value = AgentSetting.INTERVAL.value(environment).strip();
        Matcher matcher = DURATION.matcher(value);
        if (matcher.matches()) {
            String unit = matcher.group(2) == null ? "s" : matcher.group(2);
            double factor = switch (unit) {
                case "ms" -> 1;
                case "m" -> 60_000;
                case "h" -> 3_600_000;
                default -> 1_000;
            };
            Duration interval = Duration.ofMillis(Math.round(Double.parseDouble(matcher.group(1)) * factor));
            if (interval.compareTo(SHORTEST) >= 0 && interval.compareTo(LONGEST) <= 0) {
                return interval;
            }
        }
        throw new ConfigurationException(AgentSetting.INTERVAL.key() + "=" + printable(value)
                + " is not a number of seconds from 0.25 to 60 (or with ms, s, m)");
    }

    private static Path hostRoot(Map<String, String> environment) {
        String value = AgentSetting.HOST_ROOT.value(environment).strip();
        try {
            Path root = Path.of(value).normalize();
            // Of another system than Linux the root has no proc, and needs none, unless somebody says that it has.
            if (environment
                            .getOrDefault(AgentSetting.HOST_ROOT.setName(environment), "")
                            .isBlank()
                    || (root.isAbsolute() && Files.isRegularFile(root.resolve("proc/stat")))) {
                return root;
            }
        } catch (InvalidPathException ignored) {
            // Said below.
        }
        throw new ConfigurationException(
                AgentSetting.HOST_ROOT.key() + "=" + printable(value)
                        + " is not a folder with the proc of a Linux machine in it; where the machine's root is mounted is needed");
    }

    private static String token(Map<String, String> environment) {
        String value = AgentSetting.TOKEN.value(environment);
        String file = AgentSetting.TOKEN_FILE.value(environment);
        if (!value.isEmpty() && !file.isEmpty()) {
            throw new ConfigurationException(AgentSetting.TOKEN.key() + " and " + AgentSetting.TOKEN_FILE.key()
                    + " are both set; one is allowed");
        }
        String token = file.isEmpty() ? value.strip() : read(file);
        boolean printable = token.chars().allMatch(c -> c > 0x20 && c < 0x7f);
        if (!printable || token.length() > TOKEN_BYTES) {
            throw new ConfigurationException((file.isEmpty() ? AgentSetting.TOKEN : AgentSetting.TOKEN_FILE).key()
                    + " holds a token that is not 1 to " + TOKEN_BYTES + " visible ASCII characters (value not shown)");
        }
        return token;
    }

    private static String read(String file) {
        try {
            String token =
                    Files.readString(Path.of(file), StandardCharsets.UTF_8).strip();
            if (token.isEmpty()) {
                throw new ConfigurationException(
                        AgentSetting.TOKEN_FILE.key() + "=" + printable(file) + " is an empty file; a token is needed");
            }
            return token;
        } catch (IOException | InvalidPathException e) {
            throw new ConfigurationException(AgentSetting.TOKEN_FILE.key() + "=" + printable(file) + " cannot be read: "
                    + e.getClass().getSimpleName() + "; a readable file is needed");
        }
    }

    private static SortedMap<String, String> labels(Map<String, String> environment) {
        SortedMap<String, String> labels = new TreeMap<>();
        String key = AgentSetting.LABELS.key();
        String value = AgentSetting.LABELS.value(environment).strip();
        for (String pair : value.isEmpty() ? new String[0] : value.split(",", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? "" : pair.substring(0, equals).strip();
            String text = pair.substring(equals + 1).strip();
            boolean fits = !name.isEmpty()
                    && bytes(name) <= Limits.NAME_BYTES
                    && bytes(text) <= Limits.VALUE_BYTES
                    && (name + text).chars().noneMatch(Character::isISOControl);
            if (!fits || labels.put(name, text) != null) {
                throw new ConfigurationException(
                        key + "=" + printable(value) + " has a pair that is not name=value, or a"
                                + " name twice: " + printable(pair) + "; names up to " + Limits.NAME_BYTES
                                + " bytes, values up to "
                                + Limits.VALUE_BYTES);
            }
        }
        if (labels.size() > Limits.LABELS || bytes(value) > LABEL_BYTES) {
            throw new ConfigurationException(key + " has " + labels.size() + " labels in " + bytes(value)
                    + " bytes; up to " + Limits.LABELS + " in " + LABEL_BYTES + " bytes are allowed");
        }
        return labels;
    }

    private static <E extends Enum<E>> E choice(Map<String, String> environment, AgentSetting setting, Class<E> type) {
        String value = setting.value(environment).strip();
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(value)) {
                return constant;
            }
        }
        throw new ConfigurationException(
                setting.key() + "=" + printable(value) + " is not one of " + String.join(", ", names(type)));
    }

    private static <E extends Enum<E>> String[] names(Class<E> type) {
        E[] constants = type.getEnumConstants();
        String[] names = new String[constants.length];
        for (int i = 0; i < constants.length; i++) {
            names[i] = constants[i].name().toLowerCase(Locale.ROOT);
        }
        return names;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    static String printable(String value) {
        StringBuilder text = new StringBuilder();
        value.codePoints()
                .limit(100)
                .forEach(c -> text.append(c >= 0x20 && c < 0x7f ? Character.toString(c) : String.format("\\u%04x", c)));
        return text.toString();
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "AgentConfig[aggregator=" + aggregator + ", machine=" + machine + ", interval=" + interval + ", token="
                + (token.isEmpty() ? "none" : "set") + ", labels=" + labels + ", spool=" + spool + ", hostRoot="
                + hostRoot + "]";
    }
}
