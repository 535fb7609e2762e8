package ar.mcrn.sysmonstm.alerts.rules;

import java.util.Locale;

/** On which side of its threshold a rule holds; the threshold itself is on neither. */
public enum Comparison {
    /** Holds while value &gt; threshold; cleared once value &lt;= clear, which is at most the threshold. */
    ABOVE,
    /** Holds while value &lt; threshold; cleared once value &gt;= clear, which is at least the threshold. */
    BELOW;

    /** Name in files and JSON. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** True where {@code value} lies beyond {@code limit} on this side. */
    boolean beyond(double value, double limit) {
        return this == ABOVE ? value > limit : value < limit;
    }
}
