package ar.mcrn.sysmonstm.ops.standalone.doctor.compose;

import ar.mcrn.sysmonstm.ops.standalone.doctor.Findings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The variables of {@code ops/compose} as compose takes them: the shell's win over those in {@code .env}. Which there are is known
 * from {@code .env.example}.
 */
final class ComposeSettings {
    private static final Pattern ENTRY = Pattern.compile("(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)");
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[?[0-9a-fA-F:]+\\]?");
    /** As the engine reads it: 896m, 1.5g, 2GiB. */
    private static final Pattern MEMORY =
            Pattern.compile("(?=.*[1-9])[0-9]+(\\.[0-9]+)? ?([kmgtp]i?)?b?", Pattern.CASE_INSENSITIVE);

    /** A value in quotes, which may hold anything else, and a comment after it. */
    private static final Pattern QUOTED = Pattern.compile("(\"([^\"]*)\"|'([^']*)')(\\s+#.*|\\s*)");

    private final Map<String, String> file = new HashMap<>();
    private final Set<String> known = new HashSet<>();
    private final List<String> wrong = new ArrayList<>();
    private final Path folder;
    private final Map<String, String> shell;

    /**
     * @param folder {@code ops/compose}
     * @param shell variables that win over the file's
     */
    ComposeSettings(Path folder, Map<String, String> shell) {
        this.folder = folder;
        this.shell = shell;
        for (String line : lines(folder.resolve(".env.example"))) {
            Matcher entry = ENTRY.matcher(line.startsWith("#") ? line.substring(1) : line);
            if (entry.matches()) {
                known.add(entry.group(1));
            }
        }
        int number = 0;
        for (String line : lines(folder.resolve(".env"))) {
            number++;
            Matcher entry = ENTRY.matcher(line.strip());
            if (entry.matches()) {
                file.put(entry.group(1), unquoted(entry.group(2)));
            } else if (!line.isBlank() && !line.strip().startsWith("#")) {
                wrong.add("line " + number + " is neither NAME=value nor a comment");
            }
        }
    }

    String get(String name, String fallback) {
        String value = shell.getOrDefault(name, file.getOrDefault(name, ""));
        return value.isEmpty() ? fallback : value;
    }

    int port(String name, int fallback) {
        try {
            return Integer.parseInt(get(name, Integer.toString(fallback)));
        } catch (NumberFormatException judgedAlready) {
            return fallback;
        }
    }

    /** A folder that a variable names, relative to that of compose.yaml. */
    Path folder(String name, String fallback) {
        return folder.resolve(get(name, fallback)).normalize();
    }

    /** One finding for each value that cannot be, or one that all is well. */
    void judge(Findings findings) {
        file.keySet().stream()
                .filter(name -> !known.contains(name) && !name.startsWith("COMPOSE_"))
                .sorted()
                .forEach(name -> wrong.add(name + " is no variable of compose.yaml (.env.example has them all)"));
        known.stream().sorted().forEach(name -> {
            String value = get(name, "");
            if (!value.isEmpty()) {
                judge(name, value, wrong);
            }
        });
        if (!isLoopback(get("HTTP_ADDRESS", "127.0.0.1"))
                && get("API_HOSTS", "").isEmpty()) {
            wrong.add(
                    "HTTP_ADDRESS is beyond loopback while API_HOSTS names loopback alone: name there what people type");
        }
        String observe = get("OBSERVE_ADDRESS", "127.0.0.1");
        if (!isLoopback(observe)) {
            findings.well(
                    "OBSERVE_ADDRESS", observe + ": whoever reaches it reads Prometheus, which asks for no password");
        }
        wrong.forEach(
                each -> findings.act("settings", each, "correct it in " + folder.resolve(".env") + ", then up -d"));
        if (wrong.isEmpty()) {
            findings.well(
                    "settings",
                    file.isEmpty() ? "no .env, all defaults" : file.size() + " in " + folder.resolve(".env"));
        }
    }

    private static void judge(String name, String value, List<String> wrong) {
        if (name.endsWith("_PORT") && !(value.matches("[0-9]{1,5}") && isPort(Integer.parseInt(value)))) {
            wrong.add(name + "=" + value + " is no port, 1 to 65535");
        } else if (name.endsWith("_ADDRESS") && !ADDRESS.matcher(value).matches()) {
            wrong.add(name + "=" + value + " is no address of this machine, such as 127.0.0.1 or 0.0.0.0");
        } else if (name.endsWith("_MEMORY")
                && !name.equals("TIMESCALE_TUNE_MEMORY")
                && !MEMORY.matcher(value).matches()) {
            wrong.add(name + "=" + value + " is no size, such as 896m or 2g");
        }
    }

    private static boolean isPort(int number) {
        return number >= 1 && number <= 65_535;
    }

    static boolean isLoopback(String address) {
        return address.startsWith("127.") || address.equals("::1") || address.equals("[::1]");
    }

    private static String unquoted(String value) {
        Matcher quoted = QUOTED.matcher(value.strip());
        if (quoted.matches()) {
            return quoted.group(2) == null ? quoted.group(3) : quoted.group(2);
        }
        return value.replaceAll("(^|\\s+)#.*$", "").strip();
    }

    private List<String> lines(Path path) {
        try {
            // Any bytes: what is no text is no setting, and is named by its line.
            return Files.exists(path) ? Files.readAllLines(path, StandardCharsets.ISO_8859_1) : List.of();
        } catch (IOException e) {
            wrong.add(path + " cannot be read");
            return List.of();
        }
    }
}
