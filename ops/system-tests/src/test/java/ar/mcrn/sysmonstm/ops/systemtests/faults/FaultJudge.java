package ar.mcrn.sysmonstm.ops.systemtests.faults;

import ar.mcrn.sysmonstm.ops.systemtests.processes.LoadRun;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges a run by what the oracle read back and by the evidence. A run whose fault was not there fails, however well all
 * went; nothing lost and nothing twice is asked of every run.
 */
final class FaultJudge {
    /** What must be 0 in a load's report. */
    static final List<String> NONE = List.of(
            "lost",
            "duplicates",
            "different",
            "notIssued",
            "expired",
            "dropped",
            "unacknowledged",
            "unparsable",
            "unexpected",
            "displaced",
            "eventsRejected",
            "eventsUnacknowledged");

    private FaultJudge() {}

    /** What the loads of a run came to together. */
    record Totals(
            long issued,
            long acknowledged,
            long rowsStored,
            long lost,
            long duplicates,
            long different,
            long notIssued,
            long events,
            long eventsStored,
            long rejected,
            long reconnects) {}

    static Totals totals(List<LoadRun.Report> reports) {
        return new Totals(
                sum(reports, "issued"),
                sum(reports, "acknowledged"),
                sum(reports, "rowsStored"),
                sum(reports, "lost"),
                sum(reports, "duplicates"),
                sum(reports, "different"),
                sum(reports, "notIssued"),
                sum(reports, "events"),
                sum(reports, "eventRowsStored"),
                reports.isEmpty() ? -1 : rejected(reports),
                sum(reports, "reconnects"));
    }

    /** -1 where a report does not know it, or there is none. */
    private static long sum(List<LoadRun.Report> reports, String field) {
        long sum = 0;
        for (LoadRun.Report report : reports) {
            long count = report.count(field);
            if (count < 0) {
                return -1;
            }
            sum += count;
        }
        return reports.isEmpty() ? -1 : sum;
    }

    private static long rejected(List<LoadRun.Report> reports) {
        long sum = 0;
        for (LoadRun.Report report : reports) {
            for (JsonNode count : report.json().path("rejected")) {
                sum += count.asLong();
            }
        }
        return sum;
    }

    /** {@code pass}, or {@code fail: } and why. */
    static String verdict(List<LoadRun.Report> reports, Evidence evidence) {
        if (!evidence.notSeen().isEmpty()) {
            return "fail: fault not seen: " + String.join(", ", evidence.notSeen());
        }
        List<String> faults = new ArrayList<>();
        for (String field : NONE) {
            long count = sum(reports, field);
            if (!reports.isEmpty() && (count < 0 || count > 0)) {
                faults.add(field + " " + (count < 0 ? "not known" : count));
            }
        }
        for (LoadRun.Report report : reports) {
            if (report.exitCode() != 0) {
                faults.add("load ended with " + report.exitCode() + " "
                        + report.json().path("finding").asText());
            }
        }
        Totals totals = totals(reports);
        if (totals.rejected() > 0) {
            faults.add("rejected " + totals.rejected());
        }
        if (totals.acknowledged() != totals.rowsStored()) {
            faults.add("acknowledged " + totals.acknowledged() + " differs from rows stored " + totals.rowsStored());
        }
        long events = sum(reports, "eventsAcknowledged");
        long eventRows = sum(reports, "eventRowsStored");
        if (events != eventRows) {
            faults.add("events acknowledged " + events + " differs from rows stored " + eventRows);
        }
        faults.addAll(evidence.failures());
        return faults.isEmpty() ? FaultRow.PASS : "fail: " + String.join(", ", faults);
    }
}
