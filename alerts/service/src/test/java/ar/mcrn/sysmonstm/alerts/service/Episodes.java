package ar.mcrn.sysmonstm.alerts.service;

import ar.mcrn.sysmonstm.v1.AlertAnnouncement;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import ar.mcrn.sysmonstm.v1.AlertMessage;
import ar.mcrn.sysmonstm.v1.AlertState;
import ar.mcrn.sysmonstm.v1.AlertTransition;
import java.util.List;

/** What an aggregator says, for tests. */
final class Episodes {
    static final long T0 = 1_763_683_200_000L;

    private Episodes() {}

    static AlertEpisode pending(String id) {
        return AlertEpisode.newBuilder()
                .setId(id)
                .setRule("cpu-high")
                .setMachine("web-1")
                .setSeries("system.cpu.utilization")
                .setState(AlertState.ALERT_STATE_PENDING)
                .setSeverity("warning")
                .setMessage("busy")
                .setStartMillis(T0)
                .setValue(0.95)
                .setThreshold(0.9)
                .setReason("aboveThreshold")
                .build();
    }

    static AlertEpisode firing(String id) {
        return pending(id).toBuilder()
                .setState(AlertState.ALERT_STATE_FIRING)
                .setFiredMillis(T0 + 60_000)
                .setReason("heldLongEnough")
                .build();
    }

    static AlertEpisode resolved(String id) {
        return firing(id).toBuilder()
                .setState(AlertState.ALERT_STATE_RESOLVED)
                .setResolvedMillis(T0 + 120_000)
                .setReason("belowClear")
                .build();
    }

    static AlertEpisode dropped(String id) {
        return pending(id).toBuilder()
                .setState(AlertState.ALERT_STATE_INACTIVE)
                .setReason("belowThreshold")
                .build();
    }

    static AlertTransition transition(AlertEpisode episode) {
        return AlertTransition.newBuilder()
                .setEpisode(episode)
                .setAggregator("aggregator-1")
                .setTimeMillis(T0)
                .build();
    }

    static AlertAnnouncement announcement(long timeMillis, List<String> machines, AlertEpisode... episodes) {
        return AlertAnnouncement.newBuilder()
                .setAggregator("aggregator-1")
                .setTimeMillis(timeMillis)
                .addAllMachines(machines)
                .addAllEpisodes(List.of(episodes))
                .build();
    }

    static byte[] entry(AlertEpisode episode) {
        return AlertMessage.newBuilder()
                .setTransition(transition(episode))
                .build()
                .toByteArray();
    }

    static byte[] entry(AlertAnnouncement announcement) {
        return AlertMessage.newBuilder().setAnnouncement(announcement).build().toByteArray();
    }
}
