package ar.mcrn.sysmonstm.api.hot;

import ar.mcrn.sysmonstm.api.core.MachineState;
import ar.mcrn.sysmonstm.v1.Inventory;

/**
 * What is known of one machine at one moment. Immutable, so that any thread may read it.
 *
 * @param id machine id
 * @param table its series
 * @param values newest values by number in the table, NaN where not measured; not to be changed
 * @param time end of the newest sample's interval, Unix milliseconds; 0 = no sample known
 * @param durationMillis length of that interval
 * @param slowTime stamp of the sample that the values of file systems are of
 * @param temperatureTime stamp of the sample that the temperatures are of
 * @param receivedMillis when the aggregator received it, Unix milliseconds by its clock
 * @param heardMillis when it was heard here, Unix milliseconds by our clock
 * @param intervalMillis collect interval of the agent; 0 = unknown
 * @param inventory its make; the default instance where it is not known yet
 * @param state how fresh it is
 * @param processes its top processes, as last told
 */
public record LiveMachine(
        String id,
        SeriesTable table,
        double[] values,
        long time,
        int durationMillis,
        long slowTime,
        long temperatureTime,
        long receivedMillis,
        long heardMillis,
        int intervalMillis,
        Inventory inventory,
        MachineState state,
        LiveProcesses processes) {

    LiveMachine withState(MachineState now) {
        return new LiveMachine(
                id,
                table,
                values,
                time,
                durationMillis,
                slowTime,
                temperatureTime,
                receivedMillis,
                heardMillis,
                intervalMillis,
                inventory,
                now,
                processes);
    }
}
