package ar.mcrn.sysmonstm.loadgen;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What the oracle found, counted while it looks; the first findings of all kinds are named. One thread. */
final class Findings {

    private static final int NAMED = 10;

    /** Rows of these runs in {@code host_sample}. */
    long rows;
    /** Rows of these runs in the device tables. */
    long deviceRows;
    /** Rows of these runs in {@code machine_event}. */
    long eventRows;
    /** Samples acknowledged and not stored, device rows of a stored sample and events acknowledged that are not there. */
    long lost;
    /** Rows beyond the first of a sample, or of a device in it. */
    long duplicates;
    /** Rows with another stamp or value than was sent. */
    long different;
    /** Rows that nobody sent. */
    long notIssued;
    /** Samples acknowledged, not stored, and older than what raw keeps: nothing can be said of them. */
    long expired;
    /** Samples stored whose acknowledgement was never heard: fine. */
    long storedUnacknowledged;
    /** Samples acknowledged and stored as sent with a stamp after the instant asked for. */
    long fresh;
    /** Machines with such a sample. */
    long freshMachines;
    /** Before this raw rows are gone; null = none went. */
    Instant keptFrom;

    private final List<String> named = new ArrayList<>();

    void lost(String table, MachineRun run, long sequence, String more) {
        lost++;
        name("lost: " + place(table, run, sequence) + more);
    }

    void duplicate(String table, MachineRun run, long sequence, String more) {
        duplicates++;
        name("stored twice: " + place(table, run, sequence) + more);
    }

    void different(String table, MachineRun run, long sequence, String what) {
        different++;
        name("not as sent: " + place(table, run, sequence) + ", " + what);
    }

    void notIssued(String table, String machine, String what) {
        notIssued++;
        name("not issued: table=" + table + ", machine=" + machine + ", " + what);
    }

    private static String place(String table, MachineRun run, long sequence) {
        return "table=" + table + ", machine=" + run.machine().name() + ", run=" + Long.toHexString(run.run())
                + ", sequence=" + sequence;
    }

    private void name(String finding) {
        if (named.size() < NAMED) {
            named.add(finding);
        }
    }

    /** The first findings, for people. */
    List<String> named() {
        return List.copyOf(named);
    }

    /** Whether the database holds what it owes; what cannot be said is not that. */
    boolean isClean() {
        return lost + duplicates + different + notIssued + expired == 0;
    }

    /** The first finding, or what could not be said; empty without one. */
    String first() {
        if (!named.isEmpty()) {
            return named.getFirst();
        }
        return expired == 0
                ? ""
                : "cannot be proved: " + expired + " acknowledged samples are older than what raw keeps (keptFrom="
                        + keptFrom + ")";
    }
}
