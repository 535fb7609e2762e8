package ar.mcrn.sysmonstm.alerts.rules;

import ar.mcrn.sysmonstm.contract.Glob;
import ar.mcrn.sysmonstm.contract.MachineId;
import java.util.Arrays;
import java.util.List;

/**
 * Which machines a rule covers: globs over machine ids ({@code *}, {@code ?}), separated by commas, of which one must match.
 */
public final class MachineSelector {
    /** Every machine. */
    public static final MachineSelector ALL = new MachineSelector("*");

    private final String text;
    private final List<Glob> globs;

    /** @throws IllegalArgumentException where a part is empty */
    public MachineSelector(String text) {
        this.text = text;
        List<String> parts =
                Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        if (parts.contains("")) {
            throw new IllegalArgumentException("machine selector has an empty part: " + text);
        }
        this.globs = parts.stream().map(Glob::new).toList();
    }

    /** True where the rule covers the machine. */
    public boolean matches(MachineId machine) {
        return globs.stream().anyMatch(glob -> glob.matches(machine.value()));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MachineSelector selector && text.equals(selector.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** As written. */
    @Override
    public String toString() {
        return text;
    }
}
