package ar.mcrn.sysmonstm.api.api;

/**
 * Numbers as JSON: null for NaN, whole numbers without a fraction or an exponent, and what {@link
 * ar.mcrn.sysmonstm.api.core.Rounding#shown} made, a multiple of a millionth, in groups of three digits, which takes a
 * fraction of the time of the shortest text of any double.
 */
final class Decimals {
    /** No number takes more characters. */
    static final int ROOM = 32;

    private static final double WHOLE = 1e15;
    private static final double MILLIONTHS = 1e6;
    /** Below it a value times a million is exact enough to be its multiple. */
    private static final double EXACT = 1e9;

    private static final int GROUP = 1_000;
    /** 000, 001, ... 999. */
    private static final char[] GROUPS = groups();

    private Decimals() {}

    private static char[] groups() {
        char[] groups = new char[3 * GROUP];
        for (int i = 0; i < GROUP; i++) {
            groups[3 * i] = (char) ('0' + i / 100);
            groups[3 * i + 1] = (char) ('0' + i / 10 % 10);
            groups[3 * i + 2] = (char) ('0' + i % 10);
        }
        return groups;
    }

    /** Puts a value into a text that has {@link #ROOM}; returns where it ends there. */
    static int put(double value, char[] text, int at) {
        if (Double.isNaN(value)) {
            return put("null", text, at);
        }
        double magnitude = Math.abs(value);
        int begin = at;
        if (value < 0) {
            text[begin++] = '-';
        }
        if (magnitude == Math.rint(magnitude) && magnitude < WHOLE) {
            return whole((long) magnitude, text, begin);
        }
        long millionths = Math.round(magnitude * MILLIONTHS);
        if (magnitude < EXACT && millionths / MILLIONTHS == magnitude) {
            // Numbers of 32 bits: dividing them costs half.
            int whole = (int) (millionths / (long) MILLIONTHS);
            return fraction((int) (millionths - whole * (long) MILLIONTHS), text, whole(whole, text, begin));
        }
        return put(Double.toString(value), text, at);
    }

    private static int put(String number, char[] text, int at) {
        number.getChars(0, number.length(), text, at);
        return at + number.length();
    }

    private static int whole(long number, char[] text, int at) {
        if (number >= GROUP) {
            long higher = number / GROUP;
            return group((int) (number - higher * GROUP), text, whole(higher, text, at));
        }
        int group = (int) number * 3;
        int end = at;
        if (number >= 100) {
            text[end++] = GROUPS[group];
        }
        if (number >= 10) {
            text[end++] = GROUPS[group + 1];
        }
        text[end++] = GROUPS[group + 2];
        return end;
    }

    private static int group(int number, char[] text, int at) {
        System.arraycopy(GROUPS, 3 * number, text, at, 3);
        return at + 3;
    }

    /** At least one millionth, without zeros at the end. */
    private static int fraction(int millionths, char[] text, int at) {
        text[at] = '.';
        int end = group(millionths % GROUP, text, group(millionths / GROUP, text, at + 1));
        while (text[end - 1] == '0') {
            end--;
        }
        return end;
    }
}
