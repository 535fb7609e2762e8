package ar.mcrn.sysmonstm.agent.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whose a spool is: an install id, drawn once, and what it is bound to. The file {@code owner}, lines of {@code name=value}:
 *
 * <pre>
 * install=6f1c...    random, for life
 * name=web-1         machine id in the settings
 * machine=...        see HardwareIds; each only where it could be read
 * product=...
 * sum=...            CRC32C of the lines above, hexadecimal
 * </pre>
 *
 * <p>Another's is a spool with another name, or with a hardware id that was read then and now and differs. So a container that
 * is made anew on its volume, or an agent that no longer runs as root, keeps its spool.
 *
 * @param install 16 hexadecimal digits
 * @param bound name and hardware ids
 */
record SpoolOwner(String install, Map<String, String> bound) {
    private static final String INSTALL = "install";
    private static final String SUM = "sum=";

    /** A new one, of this machine. */
    static SpoolOwner draw(Map<String, String> identity) {
        return new SpoolOwner(String.format("%016x", new SecureRandom().nextLong()), identity);
    }

    /** What a spool of that machine is bound to. */
    static Map<String, String> identity(String name, Map<String, String> hardware) {
        Map<String, String> identity = new TreeMap<>(hardware);
        identity.put("name", name);
        return identity;
    }

    /** Empty where there is none, or only a damaged one. */
    static Optional<SpoolOwner> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        int sum = text.lastIndexOf(SUM);
        if (sum < 0 || !text.substring(sum).equals(sum(text.substring(0, sum)))) {
            return Optional.empty();
        }
        Map<String, String> bound = new TreeMap<>();
        text.substring(0, sum).lines().forEach(line -> {
            int equals = line.indexOf('=');
            bound.put(line.substring(0, equals), line.substring(equals + 1));
        });
        return Optional.of(new SpoolOwner(bound.remove(INSTALL), bound));
    }

    private static String sum(String lines) {
        byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
        return SUM + String.format("%08x%n", SegmentFormat.crc(bytes, 0, bytes.length));
    }

    /** The names of what differs; empty where the spool is this machine's. */
    Set<String> differences(Map<String, String> identity) {
        Map<String, String> differing = new TreeMap<>(bound);
        differing.entrySet().removeIf(entry -> {
            String now = identity.get(entry.getKey());
            return now == null || now.equals(entry.getValue());
        });
        return differing.keySet();
    }

    /** With what could not be read before. */
    SpoolOwner boundTo(Map<String, String> identity) {
        Map<String, String> all = new TreeMap<>(bound);
        all.putAll(identity);
        return new SpoolOwner(install, all);
    }

    /** Whole or not at all, also in a power cut. */
    void write(Path file, FileOpener files) throws IOException {
        StringBuilder text = new StringBuilder(INSTALL + "=" + install + "\n");
        bound.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        text.append(sum(text.toString()));
        Path written = file.resolveSibling("owner.new");
        try (FileChannel channel = files.open(
                written,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING))) {
            ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
