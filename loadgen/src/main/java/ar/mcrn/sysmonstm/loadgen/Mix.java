package ar.mcrn.sysmonstm.loadgen;

/** Deterministic scatter: every simulated value, phase and run is a function of numbers that the oracle knows too. */
final class Mix {

    private Mix() {}

    /** Scatters 64 bits: the finalizer of MurmurHash3 with the constants of David Stafford's variant 13. */
    static long mix(long bits) {
        long z = bits + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** Scatters two numbers into one. */
    static long mix(long first, long second) {
        return mix(mix(first) ^ second);
    }

    /** A number of 0 to {@code bound - 1}. */
    static long below(long bits, long bound) {
        return (mix(bits) >>> 1) % bound;
    }
}
