package ar.mcrn.sysmonstm.alerts.service;

import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.contract.HotState;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.v1.AlertAnnouncement;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/**
 * Puts open episodes back into a hot state that lives in memory, so that alerts that were under way go on under the same id
 * after a restart of the single process.
 */
public final class AlertStateSeed {
    private AlertStateSeed() {}

    /**
     * Writes the alert state of each machine that has an open episode of a series. To be called before agents are let in.
     *
     * @return how many machines
     * @throws BusException when hot state refuses
     * @throws org.jdbi.v3.core.JdbiException when the database cannot be read; alerts then begin anew and join their episodes
     */
    public static int seed(Database database, HotState hot) throws BusException {
        List<AlertEpisode> rows = new EpisodeStore(Jdbi.create(database::connection)).load();
        Map<String, List<AlertEpisode>> byMachine = rows.stream()
                .filter(row -> row.getResolvedMillis() == 0 && !row.getSeries().isEmpty())
                .filter(row -> MachineId.isValid(row.getMachine()))
                .collect(Collectors.groupingBy(AlertEpisode::getMachine, TreeMap::new, Collectors.toList()));
        for (Map.Entry<String, List<AlertEpisode>> machine : byMachine.entrySet()) {
            // The newest stamp known: what fires stays so until a newer sample, what was pending begins anew after a
            // hole.
            long newest = machine.getValue().stream()
                    .mapToLong(episode -> Math.max(episode.getStartMillis(), episode.getFiredMillis()))
                    .max()
                    .orElse(0);
            AlertAnnouncement state = AlertAnnouncement.newBuilder()
                    .setTimeMillis(newest)
                    .addMachines(machine.getKey())
                    .addAllEpisodes(machine.getValue())
                    .build();
            hot.writeAlertState(new MachineId(machine.getKey()), state.toByteArray());
        }
        return byMachine.size();
    }
}
