package ar.mcrn.sysmonstm.agent.send;

import ar.mcrn.sysmonstm.contract.MachineId;
import java.time.Duration;

/**
 * What an agent says of itself in {@code Hello}.
 *
 * @param machine its machine
 * @param run random 63-bit id of the run
 * @param runStartMillis start of the run, Unix milliseconds
 * @param version of the agent
 * @param credential token where the aggregator asks for one, otherwise empty
 * @param install random id of the installation
 * @param interval collect interval
 */
public record UplinkSettings(
        MachineId machine,
        long run,
        long runStartMillis,
        String version,
        String credential,
        String install,
        Duration interval) {

    /** Without the credential. */
    @Override
    public String toString() {
        return "UplinkSettings[machine=" + machine + ", run=" + Long.toHexString(run) + ", interval=" + interval + "]";
    }
}
