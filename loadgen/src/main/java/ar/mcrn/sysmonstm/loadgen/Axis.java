package ar.mcrn.sysmonstm.loadgen;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A vertical axis with round marks.
 *
 * @param low value at its foot
 * @param high value at its top
 * @param logarithmic whether equal distances are equal ratios
 * @param marks values with their text, ascending
 */
record Axis(double low, double high, boolean logarithmic, Map<Double, String> marks) {

    private static final int MARKS = 4;
    private static final double LEAST = 1e-3;

    /** From 0 to a round value at or above {@code most}. */
    static Axis fromZero(double most) {
        double step = Digits.roundUp(Math.max(most, LEAST) / MARKS);
        int steps = (int) Math.ceil(Math.max(most, LEAST) / step - 1e-9);
        Map<Double, String> marks = new LinkedHashMap<>();
        for (int i = 0; i <= steps; i++) {
            marks.put(i * step, i == 0 ? "0" : Digits.mark(i * step, step));
        }
        return new Axis(0, steps * step, false, marks);
    }

    /** Powers of ten around {@code least}, above 0, and {@code most}. */
    static Axis logarithmic(double least, double most) {
        int from = (int) Math.floor(Math.log10(Math.max(least, LEAST)) + 1e-9);
        int to = Math.max(from + 1, (int) Math.ceil(Math.log10(Math.max(most, LEAST)) - 1e-9));
        Map<Double, String> marks = new LinkedHashMap<>();
        for (int power = from; power <= to; power++) {
            marks.put(Math.pow(10, power), Digits.mark(Math.pow(10, power), Math.pow(10, power)));
        }
        return new Axis(Math.pow(10, from), Math.pow(10, to), true, marks);
    }

    /** Where a value lies, 0 at the foot to 1 at the top. */
    double share(double value) {
        return logarithmic ? Math.log(Math.max(value, low) / low) / Math.log(high / low) : (value - low) / (high - low);
    }
}
