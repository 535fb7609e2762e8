package ar.mcrn.sysmonstm.api.core;

import ar.mcrn.sysmonstm.api.api.MachineView;
import ar.mcrn.sysmonstm.contract.MetricKey;
import java.util.Optional;

/**
 * What a principal may see: the one place that decides it, for REST, WebSocket, export and relay. Implementations are
 * immutable and compare by identity.
 */
public interface Visibility {

    /** Sees everything, as it is. */
    Visibility EVERYTHING = new Visibility() {};

    /** Name under which a machine is shown; empty where it is not. */
    default Optional<String> name(String machine) {
        return Optional.of(machine);
    }

    /** Whether values of a series are shown. */
    default boolean shows(MetricKey key) {
        return true;
    }

    /** A value as it is shown. */
    default double value(MetricKey key, double value) {
        return value;
    }

    /** What is shown of a machine's make, under the name of {@link #name}. */
    default MachineView inventory(MachineView view) {
        return view;
    }

    /** Whether alerts and the state of services are shown. */
    default boolean isInside() {
        return true;
    }
}
