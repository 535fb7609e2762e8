package ar.mcrn.sysmonstm.api.live;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * JSON as UTF-8 bytes in a growing array; writes values as they are shown, to six decimals. Reused by its owner's thread.
 */
final class JsonBuffer {
    private static final long MILLION = 1_000_000;
    private static final double EXACT = 9e12;

    private byte[] bytes = new byte[4_096];
    private int size;

    JsonBuffer clear() {
        size = 0;
        return this;
    }

    int size() {
        return size;
    }

    byte last() {
        return bytes[size - 1];
    }

    byte[] copy() {
        return Arrays.copyOf(bytes, size);
    }

    JsonBuffer raw(byte[] utf8) {
        reserve(utf8.length);
        System.arraycopy(utf8, 0, bytes, size, utf8.length);
        size += utf8.length;
        return this;
    }

    /** ASCII that needs no escape. */
    @SuppressWarnings("deprecation") // the one call that copies ASCII without an encoder
    JsonBuffer raw(String ascii) {
        reserve(ascii.length());
        ascii.getBytes(0, ascii.length(), bytes, size);
        size += ascii.length();
        return this;
    }

    /** A comma, unless a brace or bracket was just opened. */
    JsonBuffer comma() {
        if (size > 0 && bytes[size - 1] != '{' && bytes[size - 1] != '[') {
            raw(",");
        }
        return this;
    }

    JsonBuffer string(String text) {
        raw("\"");
        raw(new String(JsonStringEncoder.getInstance().quoteAsString(text)).getBytes(StandardCharsets.UTF_8));
        return raw("\"");
    }

    JsonBuffer number(long value) {
        return raw(Long.toString(value));
    }

    /** A number to six decimals without trailing zeros; null where it is none. */
    JsonBuffer number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return raw("null");
        }
        if (Math.abs(value) >= EXACT) {
            return number(Math.round(value));
        }
        long scaled = Math.round(value * MILLION);
        if (scaled < 0) {
            raw("-");
        }
        long whole = Math.abs(scaled) / MILLION;
        int rest = (int) (Math.abs(scaled) % MILLION);
        number(whole);
        if (rest > 0) {
            reserve(7);
            bytes[size++] = '.';
            for (int unit = 100_000; rest > 0; unit /= 10) {
                bytes[size++] = (byte) ('0' + rest / unit);
                rest %= unit;
            }
        }
        return this;
    }

    private void reserve(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
