package ar.mcrn.sysmonstm.contract;

import java.nio.charset.StandardCharsets;

/**
 * Name of a monitored machine: 1 to 128 bytes of UTF-8; letters and digits of any script, and {@code . _ - : @ + ( ) }
 * and single inner spaces; not {@code .} or {@code ..}. Never altered: what does not fit is refused.
 *
 * @param value the name
 */
public record MachineId(String value) implements Comparable<MachineId> {

    private static final String PUNCTUATION = "._-:@+() ";

    /** @throws IllegalArgumentException naming what is wrong */
    public MachineId {
        String fault = fault(value);
        if (fault != null) {
            throw new IllegalArgumentException("machine id " + fault + ": " + printable(value));
        }
    }

    /** True where {@code value} can be a machine id. */
    public static boolean isValid(String value) {
        return fault(value) == null;
    }

    private static String fault(String value) {
        if (value == null || value.isEmpty()) {
            return "is empty";
        }
        if (value.length() > Limits.NAME_BYTES || value.getBytes(StandardCharsets.UTF_8).length > Limits.NAME_BYTES) {
            return "is longer than " + Limits.NAME_BYTES + " bytes";
        }
        if (value.equals(".") || value.equals("..")) {
            return "is a path";
        }
        if (value.startsWith(" ") || value.endsWith(" ") || value.contains("  ")) {
            return "has spaces at an end or two in a row";
        }
        boolean allowed = value.codePoints()
                .allMatch(c -> Character.isLetterOrDigit(c)
                        || Character.getType(c) == Character.NON_SPACING_MARK
                        || Character.getType(c) == Character.COMBINING_SPACING_MARK
                        || PUNCTUATION.indexOf(c) >= 0);
        return allowed ? null : "has a character other than letters, digits and " + PUNCTUATION.strip();
    }

    private static String printable(String value) {
        if (value == null) {
            return "null";
        }
        StringBuilder text = new StringBuilder();
        value.codePoints().limit(64).forEach(c -> {
            if (c >= 0x20 && c < 0x7f) {
                text.appendCodePoint(c);
            } else {
                text.append(String.format("\\u%04x", c));
            }
        });
        return text.append(value.length() > 64 ? "..." : "").toString();
    }

    @Override
    public int compareTo(MachineId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
