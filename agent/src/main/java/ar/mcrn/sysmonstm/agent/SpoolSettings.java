package ar.mcrn.sysmonstm.agent;

import ar.mcrn.sysmonstm.contract.MachineId;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where samples are kept on disk, and how many. Without {@link AgentSetting#SPOOL_FOLDER} it is the first of these there is:
 *
 * <pre>
 * $STATE_DIRECTORY/spool/ID             set by systemd
 * /var/lib/sysmonstm/spool/ID           as root
 * $XDG_STATE_HOME/sysmonstm/spool/ID
 * ~/.local/state/sysmonstm/spool/ID
 * </pre>
 *
 * ID is the machine id, so that agents of several machines on one host do not meet.
 *
 * @param folder of the spool; made where there is none
 * @param bytes bound of its files
 */
public record SpoolSettings(Path folder, long bytes) {
    private static final long LEAST = 1L << 20;
    private static final long MOST = 16L << 30;
    private static final Pattern SIZE = Pattern.compile("(\\d{1,11})\\s?(b|kib|mib|gib)?", Pattern.CASE_INSENSITIVE);

    /** Reads the settings; throws as {@link AgentConfig#fromEnvironment}. */
    static SpoolSettings fromEnvironment(Map<String, String> environment, MachineId machine) {
        return new SpoolSettings(folder(environment, machine), bytes(environment));
    }

    private static Path folder(Map<String, String> environment, MachineId machine) {
        String key = AgentSetting.SPOOL_FOLDER.key();
        String value = AgentSetting.SPOOL_FOLDER.value(environment).strip();
        try {
            Path folder = value.isEmpty() ? usual(environment, machine) : Path.of(value);
            if (Files.exists(folder) && !Files.isDirectory(folder)) {
                throw new ConfigurationException(
                        key + "=" + AgentConfig.printable(folder.toString()) + " is a file; a folder is needed");
            }
            return folder.toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new ConfigurationException(
                    key + "=" + AgentConfig.printable(value) + " is not a path; a folder is needed");
        }
    }

    private static Path usual(Map<String, String> environment, MachineId machine) {
        return state(environment).resolve("spool").resolve(fileName(machine.value()));
    }

    private static Path state(Map<String, String> environment) {
        String systemd = environment.getOrDefault("STATE_DIRECTORY", "");
        if (!systemd.isBlank()) {
            return Path.of(systemd.split(File.pathSeparator, 2)[0]);
        }
        if (System.getProperty("user.name").equals("root")) {
            return Path.of("/var/lib/sysmonstm");
        }
        String xdg = environment.getOrDefault("XDG_STATE_HOME", "");
        Path state = xdg.isBlank() ? Path.of(System.getProperty("user.home"), ".local", "state") : Path.of(xdg);
        return state.resolve("sysmonstm");
    }

    /** Letters, digits and {@code . _ -} as they are, other bytes as %XX: fits every file system, and differs where names do. */
    private static String fileName(String machine) {
        StringBuilder name = new StringBuilder();
        for (byte b : machine.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain =
                    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "._-".indexOf(c) >= 0;
            name.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
        }
        return name.length() <= 200
                ? name.toString()
                : name.substring(0, 190) + Integer.toHexString(machine.hashCode());
    }

    private static long bytes(Map<String, String> environment) {
        String value = AgentSetting.SPOOL_BYTES.value(environment).strip();
        Matcher matcher = SIZE.matcher(value);
        if (matcher.matches()) {
            String unit = matcher.group(2) == null ? "b" : matcher.group(2).toLowerCase(Locale.ROOT);
            int shift = switch (unit) {
                case "kib" -> 10;
                case "mib" -> 20;
                case "gib" -> 30;
                default -> 0;
            };
            long number = Long.parseLong(matcher.group(1));
            if (number <= MOST >> shift && number << shift >= LEAST) {
                return number << shift;
            }
        }
        throw new ConfigurationException(AgentSetting.SPOOL_BYTES.key() + "=" + AgentConfig.printable(value)
                + " is not a number of bytes from 1MiB to 16GiB (plain, or with KiB, MiB, GiB)");
    }
}
