package ar.mcrn.sysmonstm.loadgen;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Result of a load run: the JSON document of {@code --json}, and its form for people. {@code null} = not measured.
 *
 * @param agents simulated agents
 * @param intervalMillis their collect interval
 * @param durationMillis length of the schedule
 * @param seed what makes ids and values
 * @param startMillis intended start, Unix milliseconds; with the seed it makes the runs
 * @param elapsedMillis from the start to the last outcome
 * @param issued samples taken
 * @param sent samples sent at least once
 * @param sentBackfill sends on the backfill lane
 * @param sentBytes bytes of all messages with samples
 * @param acknowledged samples said to be committed
 * @param rejected rejects by reason; those not final are followed by another outcome
 * @param deferred samples handed back, to be sent again
 * @param resent samples sent again after they had been sent
 * @param dropped samples that a full spool dropped
 * @param unacknowledged samples without an outcome at the end
 * @param unexpected outcomes that fit no sample or event
 * @param events events issued: starts of runs, and ranges that a full spool dropped
 * @param eventsAcknowledged events said to be committed
 * @param eventsRejected events finally refused
 * @param eventsUnacknowledged events without an outcome at the end
 * @param unparsable messages of ours that could not be parsed
 * @param connections connections opened that were welcomed or not
 * @param reconnects connections beyond the first of each run
 * @param restarts agents killed, each to come back with a new run
 * @param displaced agents that another run took the place of
 * @param lost acknowledged and not stored
 * @param duplicates stored more than once
 * @param different stored otherwise than sent
 * @param notIssued stored and never sent
 * @param expired acknowledged, not there, and older than what raw keeps: nothing can be said
 * @param rowsStored rows of these runs in {@code host_sample}
 * @param deviceRowsStored rows of these runs in the device tables
 * @param eventRowsStored rows of these runs in {@code machine_event}
 * @param findings what disagrees, the first ten
 * @param caughtUpMillis when the last backfill had gone out and none waited, to 2 s, Unix milliseconds; null = there was none, or some waits
 * @param ackMillis intended time of a sample to its acknowledgement (which the aggregator gathers for up to 5 s)
 * @param commitMillis received to committed, as the aggregator's admin port says
 * @param frameMillis stamp of a sample to its frame at a WebSocket client
 * @param viewers WebSocket clients
 * @param frames frames they received
 * @param idleViewers WebSocket clients that never subscribed
 * @param cpuSeconds user and system time by process; {@code loadgen} is this one
 * @param memoryMebibytes highest proportional set size seen by process
 * @param steady figures of the steady part of the run; null where it was too short
 * @param databaseFigures what the database spent on a sample in the steady part of the run
 * @param windows where the run stood every 2 s
 * @param finding first disagreement with the database, or why the run failed; null without one
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record LoadReport(
        int agents,
        int intervalMillis,
        long durationMillis,
        long seed,
        long startMillis,
        long elapsedMillis,
        long issued,
        long sent,
        long sentBackfill,
        long sentBytes,
        long acknowledged,
        Map<String, Long> rejected,
        long deferred,
        long resent,
        long dropped,
        long unacknowledged,
        long unexpected,
        long events,
        long eventsAcknowledged,
        long eventsRejected,
        long eventsUnacknowledged,
        long unparsable,
        long connections,
        long reconnects,
        long restarts,
        long displaced,
        Long lost,
        Long duplicates,
        Long different,
        Long notIssued,
        Long expired,
        Long rowsStored,
        Long deviceRowsStored,
        Long eventRowsStored,
        List<String> findings,
        Long caughtUpMillis,
        Latency ackMillis,
        Latency commitMillis,
        Latency frameMillis,
        int viewers,
        long frames,
        IdleViewers.Figures idleViewers,
        Map<String, Double> cpuSeconds,
        Map<String, Double> memoryMebibytes,
        SteadyFigures steady,
        DatabaseFigures databaseFigures,
        List<LoadWindow> windows,
        String finding) {

    String json() {
        return ResultJson.of(this);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        line(
                text,
                "agents",
                agents + " every " + intervalMillis + " ms for " + durationMillis / 1_000 + " s, seed " + seed);
        line(text, "issued", issued);
        line(text, "sent", sent + " (" + sentBackfill + " sends as backfill)");
        line(text, "acknowledged", acknowledged);
        line(text, "rejected", rejected.isEmpty() ? "0" : rejected.toString());
        line(text, "deferred", deferred);
        line(text, "dropped", dropped);
        line(text, "unacknowledged", unacknowledged);
        line(
                text,
                "events",
                events + " (" + eventsRejected + " rejected, " + eventsUnacknowledged + " unacknowledged)");
        line(text, "reconnects, restarts", reconnects + ", " + restarts);
        line(text, "lost", lost == null ? "not checked (no --database)" : lost);
        line(text, "duplicates", duplicates == null ? "not checked (no --database)" : duplicates);
        if (rowsStored != null) {
            line(text, "different, not issued", different + ", " + notIssued);
            line(text, "rows stored", rowsStored + ", of devices " + deviceRowsStored + ", events " + eventRowsStored);
        }
        latency(text, "sample to ack, ms", ackMillis);
        latency(text, "received to committed, ms", commitMillis);
        latency(text, "sample to frame, ms", frameMillis);
        if (idleViewers != null) {
            line(text, "idle viewers", idleViewers.text());
        }
        line(text, "CPU seconds", cpuSeconds);
        line(text, "memory, MiB (PSS)", memoryMebibytes);
        if (steady != null) {
            latency(text, "steady: received to committed", steady.commitMillis());
            latency(text, "steady: sample to frame", steady.frameMillis());
            if (steady.stageMillis() != null) {
                steady.stageMillis().forEach((stage, millis) -> stage(text, stage, millis));
            }
            line(
                    text,
                    "steady: CPU us per sample",
                    "%s (%d samples in %.0f s)"
                            .formatted(steady.cpuMicrosPerSample(), steady.samples(), steady.seconds()));
        }
        if (databaseFigures != null) {
            line(
                    text,
                    "database, per sample",
                    "CPU %s us, WAL %s B, on disk raw %s B, tiers %s B (%d samples in %.0f s)"
                            .formatted(
                                    databaseFigures.cpuMicrosPerSample(),
                                    databaseFigures.walBytesPerSample(),
                                    databaseFigures.rawBytesPerSample(),
                                    databaseFigures.tierBytesPerSample(),
                                    databaseFigures.samples(),
                                    databaseFigures.seconds()));
        }
        if (finding != null) {
            line(text, "finding", finding);
            findings.stream().skip(1).forEach(more -> line(text, "", more));
        }
        return text.toString();
    }

    private static void latency(StringBuilder text, String name, Latency latency) {
        line(
                text,
                name,
                latency == null
                        ? "not measured"
                        : "p50 %s  p90 %s  p99 %s  p999 %s  max %s"
                                .formatted(
                                        number(latency.p50()),
                                        number(latency.p90()),
                                        number(latency.p99()),
                                        number(latency.p999()),
                                        number(latency.max())));
    }

    private static void stage(StringBuilder text, String stage, StageLatency millis) {
        line(
                text,
                "  " + Stage.words(stage),
                "p50 %s  p90 %s  p99 %s  max %s  mean %s"
                        .formatted(
                                number(millis.p50()),
                                number(millis.p90()),
                                number(millis.p99()),
                                number(millis.max()),
                                number(millis.mean())));
    }

    private static String number(Double millis) {
        return millis == null ? "-" : String.format(Locale.ROOT, "%.1f", millis);
    }

    private static void line(StringBuilder text, String name, Object value) {
        text.append(String.format(Locale.ROOT, "%-26s %s%n", name, value));
    }
}
