package ar.mcrn.sysmonstm.contract;

/**
 * Matches whole texts by {@code *} (any run of characters) and {@code ?} (any one). Takes at most length of the glob times
 * length of the text, whatever the glob: a regular expression made from {@code *a*a*a*a*b} would not come back. Immutable.
 */
public final class Glob {
    private final String glob;
    private final boolean literal;

    /** Reads a glob; every text is one. */
    public Glob(String glob) {
        this(glob, false);
    }

    private Glob(String glob, boolean literal) {
        this.glob = glob;
        this.literal = literal;
    }

    /** Matches this text alone, whatever signs are in it. */
    public static Glob literal(String text) {
        return new Glob(text, true);
    }

    /** Whether a text holds one of the signs of a glob. */
    public static boolean isGlob(String text) {
        return text.indexOf('*') >= 0 || text.indexOf('?') >= 0;
    }

    /** Whether the whole text matches. */
    public boolean matches(String text) {
        if (literal) {
            return glob.equals(text);
        }
        int at = 0;
        int sign = 0;
        int star = -1; // the newest star, and where what it takes ends
        int taken = 0;
        while (at < text.length()) {
            if (sign < glob.length() && glob.charAt(sign) == '*') {
                star = sign++;
                taken = at;
            } else if (sign < glob.length() && glob.charAt(sign) == '?') {
                sign++;
                at = text.offsetByCodePoints(at, 1);
            } else if (sign < glob.length() && glob.charAt(sign) == text.charAt(at)) {
                sign++;
                at++;
            } else if (star >= 0) {
                sign = star + 1;
                taken = text.offsetByCodePoints(taken, 1);
                at = taken;
            } else {
                return false;
            }
        }
        while (sign < glob.length() && glob.charAt(sign) == '*') {
            sign++;
        }
        return sign == glob.length();
    }

    @Override
    public String toString() {
        return glob;
    }
}
