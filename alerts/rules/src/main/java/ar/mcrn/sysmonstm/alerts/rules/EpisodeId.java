package ar.mcrn.sysmonstm.alerts.rules;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Identity of an episode: equal wherever the same rule was seen to begin on the same series at the same stamp. */
public final class EpisodeId {
    private static final int BYTES = 16;

    private EpisodeId() {}

    /**
     * First 128 bits of SHA-256 over the three names, each led by its length, and the start.
     *
     * @return 32 lower-case hexadecimal digits
     */
    public static String of(String rule, String machine, String series, long startMillis) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : new String[] {rule, machine, series}) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                digest.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
                digest.update(bytes);
            }
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(startMillis).array());
            return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("BUG: every JDK has SHA-256", e);
        }
    }
}
