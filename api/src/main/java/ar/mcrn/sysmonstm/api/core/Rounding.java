package ar.mcrn.sysmonstm.api.core;

/** Values as they are shown: to six decimals, so that a basis point reads 0.1234 and not 0.12340000000000001. */
public final class Rounding {
    private static final double SCALE = 1e6;
    private static final double EXACT = 9e9;

    private Rounding() {}

    /** The nearest multiple of a millionth; values beyond nine thousand million to the nearest whole number. */
    public static double shown(double value) {
        return Math.abs(value) < EXACT ? Math.rint(value * SCALE) / SCALE : Math.rint(value);
    }
}
