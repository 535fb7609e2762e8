package ar.mcrn.sysmonstm.loadgen;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Outcome of {@code --verify}: the JSON document of {@code --json}, and its form for people.
 *
 * @param complete whether the load run came to its end; if not, {@code issued} is what can have been issued at most
 * @param issued samples issued
 * @param acknowledged samples acknowledged
 * @param rejected samples finally refused, by reason
 * @param dropped samples that a full spool dropped
 * @param unacknowledged samples without an outcome
 * @param events events that can have been sent
 * @param eventsAcknowledged events acknowledged
 * @param eventRowsStored rows of these runs in {@code machine_event}
 * @param rowsStored rows of these runs in {@code host_sample}
 * @param deviceRowsStored rows of these runs in the device tables
 * @param storedUnacknowledged stored although no acknowledgement was heard: fine
 * @param lost acknowledged and not stored: samples, device rows of stored samples, events
 * @param duplicates rows stored more than once
 * @param different rows, events too, that are not as sent
 * @param notIssued rows that nobody sent
 * @param expired acknowledged, not there, and older than what raw keeps: cannot be proved
 * @param fresh acknowledged and stored as sent after the instant asked for
 * @param freshMachines machines with such samples
 * @param counters what the load run counted
 * @param seconds time that reading back took
 * @param verdict {@code holds}, {@code broken} or {@code does not count}
 * @param findings what is wrong, the first ten
 */
record Verdict(
        boolean complete,
        long issued,
        long acknowledged,
        Map<String, Long> rejected,
        long dropped,
        long unacknowledged,
        long events,
        long eventsAcknowledged,
        long eventRowsStored,
        long rowsStored,
        long deviceRowsStored,
        long storedUnacknowledged,
        long lost,
        long duplicates,
        long different,
        long notIssued,
        long expired,
        long fresh,
        long freshMachines,
        Map<String, Long> counters,
        double seconds,
        String verdict,
        List<String> findings) {

    /**
     * Holds a database against a file of obligations.
     *
     * @param sinceMillis samples taken after this are fresh, Unix milliseconds; 0 = all
     * @throws java.io.IOException when the file cannot be read
     * @throws SQLException when the database cannot be read
     */
    static Verdict of(Path obligations, DatabaseAddress database, long sinceMillis, AtLeast atLeast)
            throws java.io.IOException, SQLException {
        long begin = System.nanoTime();
        ObligationFile file = ObligationFile.read(obligations);
        Findings found = new DeliveryOracle(new DeliveryOracle.Expected(
                        file.seed(), file.agents(), file.startMillis(), file.skewMillis(), sinceMillis))
                .check(database, file.runs());
        long issued = file.runs().stream().mapToLong(RunObligation::issued).sum();
        long rejected =
                file.rejected().values().stream().mapToLong(Long::longValue).sum();
        Map<String, Long> seen = new TreeMap<>(file.counters());
        seen.put("issued", issued);
        seen.put("acknowledged", file.acknowledged());
        seen.put("rejected", rejected);
        seen.put("dropped", file.dropped());
        long eventsAcknowledged = file.runs().stream()
                .mapToLong(run -> run.events().cardinality())
                .sum();
        long events =
                file.runs().stream().mapToLong(run -> run.sentEvents().size()).sum();
        seen.put("events", events);
        seen.put("eventsAcknowledged", eventsAcknowledged);
        seen.put("rows", found.rows);
        seen.put("fresh", found.fresh);
        seen.put("freshMachines", found.freshMachines);
        List<String> findings = found.named();
        String verdict = "holds";
        Optional<String> missing = atLeast.missing(seen)
                .or(() -> file.acknowledged() == 0
                        ? Optional.of("does not count: nothing was acknowledged")
                        : Optional.empty());
        if (!found.isClean()) {
            verdict = found.named().isEmpty() ? "does not count" : "broken";
            findings = found.named().isEmpty() ? List.of(found.first()) : findings;
        } else if (missing.isPresent()) {
            verdict = "does not count";
            findings = List.of(missing.get());
        }
        return new Verdict(
                file.complete(),
                issued,
                file.acknowledged(),
                file.rejected(),
                file.dropped(),
                Math.max(0, issued - file.acknowledged() - rejected - file.dropped()),
                events,
                eventsAcknowledged,
                found.eventRows,
                found.rows,
                found.deviceRows,
                found.storedUnacknowledged,
                found.lost,
                found.duplicates,
                found.different,
                found.notIssued,
                found.expired,
                found.fresh,
                found.freshMachines,
                file.counters(),
                Math.round((System.nanoTime() - begin) / 1e6) / 1e3,
                verdict,
                findings);
    }

    boolean holds() {
        return verdict.equals("holds");
    }

    String json() {
        return ResultJson.of(this);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        line(text, "issued", complete ? issued : "at most " + issued + " (the load run did not end by itself)");
        line(text, "acknowledged", acknowledged);
        line(text, "rejected", rejected.isEmpty() ? "0" : rejected);
        line(text, "dropped", dropped);
        line(text, "unacknowledged", unacknowledged + " (" + storedUnacknowledged + " of them stored)");
        line(text, "events", events + " (" + eventsAcknowledged + " acknowledged, " + eventRowsStored + " stored)");
        line(text, "rows stored", rowsStored + ", of devices " + deviceRowsStored);
        line(text, "lost", lost);
        line(text, "duplicates", duplicates);
        line(text, "different", different);
        line(text, "not issued", notIssued);
        line(text, "expired", expired);
        line(text, "fresh", fresh + " of " + freshMachines + " machines");
        line(text, "seen", counters);
        line(text, "read back in", seconds + " s");
        line(text, "verdict", verdict);
        findings.forEach(finding -> line(text, "finding", finding));
        return text.toString();
    }

    private static void line(StringBuilder text, String name, Object value) {
        text.append(String.format(Locale.ROOT, "%-26s %s%n", name, value));
    }
}
