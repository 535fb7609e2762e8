package ar.mcrn.sysmonstm.loadgen;

import java.util.Locale;

/** Numbers for people: as many digits as say something, thousands apart. */
final class Digits {

    private static final double FEW = 10;
    private static final double MANY = 100;

    private Digits() {}

    /** About three digits: {@code 0.42}, {@code 4.20}, {@code 42.0}, {@code 420}, {@code 4,200}; a dash for null. */
    static String of(Double value) {
        if (value == null || value.isNaN()) {
            return "-";
        }
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size < FEW ? "%.2f" : size < MANY ? "%.1f" : "%,.0f", value);
    }

    /** A count, {@code 12,345}; a dash for null. */
    static String of(Long count) {
        return count == null ? "-" : String.format(Locale.ROOT, "%,d", count);
    }

    /** A value on an axis whose marks are {@code step} apart: no digit that they do not differ in. */
    static String mark(double value, double step) {
        int places = Math.clamp((int) -Math.floor(Math.log10(step) + 1e-9), 0, 6);
        return String.format(Locale.ROOT, "%,." + places + "f", value);
    }

    /** The least of 1, 2, 5, 10, 20 ... times a power of ten that is not below. */
    static double roundUp(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(value, 1e-6))));
        for (double step : new double[] {1, 2, 5}) {
            if (value <= step * power * (1 + 1e-9)) {
                return step * power;
            }
        }
        return 10 * power;
    }
}
