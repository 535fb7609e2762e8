package ar.mcrn.sysmonstm.agent.spool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * What tells this computer from another, as far as this process may read it: the operating system's machine id (made at
 * installation; absent in many containers) and the hardware's (only for root; differs between clones of a virtual machine). Hashed
 * with a word of ours, as machine-id(5) asks, so that the ids themselves are written nowhere.
 */
final class HardwareIds {
    private static final Map<String, String> FILES =
            Map.of("machine", "etc/machine-id", "product", "sys/class/dmi/id/product_uuid");

    private HardwareIds() {}

    /** By name; an id that cannot be read is absent. */
    static Map<String, String> read(Path root) {
        Map<String, String> ids = new TreeMap<>();
        FILES.forEach((name, file) -> {
            try {
                String id = Files.readString(root.resolve(file), StandardCharsets.US_ASCII)
                        .strip();
                if (id.length() >= 16) {
                    ids.put(name, hash(name, id));
                }
            } catch (IOException ignored) {
                // Not there, not ours to read, or another system: it cannot tell then.
            }
        });
        return ids;
    }

    private static String hash(String name, String id) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] hash = digest.digest(("sysmonstm spool " + name + " " + id).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("BUG: every JDK has SHA-256", e);
        }
    }
}
