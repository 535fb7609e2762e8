package ar.mcrn.sysmonstm.ops.systemtests.faults;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was seen of one fault: proof that it was there, figures held against what is expected. Any thread. */
public final class Evidence {
    private final List<String> proofs = new ArrayList<>();
    private final List<String> notSeen = new ArrayList<>();
    private final List<String> seen = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Map<String, Double> figures = new LinkedHashMap<>();

    /** Says what shows that the fault was there; where it was not, the run does not count. */
    @FormatMethod
    public synchronized void proof(boolean there, @FormatString String format, Object... values) {
        String text = String.format(Locale.ROOT, format, values);
        (there ? proofs : notSeen).add(text);
    }

    /** Says what was seen of something expected. */
    @FormatMethod
    public synchronized void expect(boolean met, @FormatString String format, Object... values) {
        String text = String.format(Locale.ROOT, format, values);
        seen.add(text);
        if (!met) {
            failures.add(text);
        }
    }

    /** Keeps a number for the JSON. */
    public synchronized void figure(String name, double value) {
        figures.put(name, value);
    }

    /** The same for a count. */
    public void figure(String name, long value) {
        figure(name, (double) value);
    }

    synchronized Map<String, Double> figures() {
        return new LinkedHashMap<>(figures);
    }

    /** A number kept before; -1 where it was not. */
    public synchronized double figure(String name) {
        return figures.getOrDefault(name, -1.0);
    }

    synchronized String proofs() {
        return String.join("; ", proofs);
    }

    synchronized String seen() {
        return String.join("; ", seen);
    }

    synchronized List<String> notSeen() {
        return List.copyOf(notSeen);
    }

    synchronized List<String> failures() {
        return List.copyOf(failures);
    }
}
