package ar.mcrn.sysmonstm.api.api;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/**
 * Writes numbers as JSON: null for NaN, whole numbers without a fraction or an exponent, and what {@link
 * ar.mcrn.sysmonstm.api.core.Rounding#shown} made, a multiple of a millionth, digit by digit, which takes a fraction of the
 * time of the shortest text of any double. One answer, one thread.
 */
final class Decimals {
    private static final double WHOLE = 1e15;
    private static final double MILLIONTHS = 1e6;
    /** Below it a value times a million is exact enough to be its multiple. */
    private static final double EXACT = 1e9;

    private static final int FRACTION = 6;

    /** Sign, ten digits, point, six digits. */
    private final char[] text = new char[20];

    void write(double value, JsonGenerator json) throws IOException {
        if (Double.isNaN(value)) {
            json.writeNull();
            return;
        }
        if (value == Math.rint(value) && Math.abs(value) < WHOLE) {
            json.writeNumber((long) value);
            return;
        }
        long millionths = Math.round(value * MILLIONTHS);
        if (Math.abs(value) < EXACT && millionths / MILLIONTHS == value) {
            int from = digits(millionths);
            json.writeNumber(text, from, text.length - from);
        } else {
            json.writeNumber(value);
        }
    }

    /** Writes them to the end of the text, without zeros at their end; returns where they begin. */
    private int digits(long millionths) {
        // Two numbers of 32 bits: dividing them costs half.
        int whole = (int) (Math.abs(millionths) / (long) MILLIONTHS);
        int left = (int) (Math.abs(millionths) % (long) MILLIONTHS);
        int places = FRACTION;
        while (left % 10 == 0) {
            left /= 10;
            places--;
        }
        int at = text.length;
        for (; places > 0; places--) {
            text[--at] = (char) ('0' + left % 10);
            left /= 10;
        }
        text[--at] = '.';
        do {
            text[--at] = (char) ('0' + whole % 10);
            whole /= 10;
        } while (whole > 0);
        if (millionths < 0) {
            text[--at] = '-';
        }
        return at;
    }
}
