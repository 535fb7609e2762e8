package ar.mcrn.sysmonstm.ops.systemtests.faults;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Rows for people: a block of lines each for a terminal, or one table with a line for each fault and all its seeds. */
final class FaultTable {
    private static final String ALWAYS =
            "lost 0, duplicates 0, all as sent, none left without outcome or refused, samples and events";
    private static final Map<String, Function<FaultRow, String>> COLUMNS = columns();

    private FaultTable() {}

    static void print(List<FaultRow> rows, PrintStream out) {
        for (FaultRow row : rows) {
            out.printf(Locale.ROOT, "%-16s %s%n", row.id(), row.fault());
            line(out, "load", row.load());
            line(out, "expected", expected(row.expected()));
            line(out, "fault seen", row.proof());
            line(out, "seen", row.seen());
            if (row.issued() >= 0) {
                line(
                        out,
                        "samples",
                        String.format(
                                Locale.ROOT,
                                "issued %,d, acknowledged %,d, rows %,d, lost %d, duplicates %d, rejected %d, reconnects %,d",
                                row.issued(),
                                row.acknowledged(),
                                row.rowsStored(),
                                row.lost(),
                                row.duplicates(),
                                row.rejected(),
                                row.reconnects()));
            }
            if (row.recoverySeconds() >= 0) {
                line(out, "recovered in", String.format(Locale.ROOT, "%.1f s", row.recoverySeconds()));
            }
            line(out, "verdict", row.verdict());
        }
        out.flush();
    }

    private static String expected(String more) {
        return ALWAYS + (more.isEmpty() ? "" : "; " + more);
    }

    private static void line(PrintStream out, String name, String text) {
        if (!text.isEmpty()) {
            out.printf(Locale.ROOT, "  %-12s %s%n", name, text);
        }
    }

    /** One table; what differs between the seeds of a fault stands one below the other. */
    static String markdown(List<FaultRow> rows) {
        Map<String, List<FaultRow>> byId =
                rows.stream().collect(Collectors.groupingBy(FaultRow::id, LinkedHashMap::new, Collectors.toList()));
        StringBuilder text = new StringBuilder("Expected of every row: " + ALWAYS + ".\n\n");
        text.append("| ")
                .append(String.join(" | ", COLUMNS.keySet()))
                .append(" |\n|")
                .append(" --- |".repeat(COLUMNS.size()))
                .append('\n');
        byId.values()
                .forEach(same -> text.append("| ")
                        .append(COLUMNS.values().stream()
                                .map(column -> each(same, column))
                                .collect(Collectors.joining(" | ")))
                        .append(" |\n"));
        return text.toString();
    }

    private static Map<String, Function<FaultRow, String>> columns() {
        Map<String, Function<FaultRow, String>> columns = new LinkedHashMap<>();
        columns.put("id", FaultRow::id);
        columns.put("fault", FaultRow::fault);
        columns.put("load", row -> row.agents() + " agents, " + row.seconds() + " s");
        columns.put("expected", FaultRow::expected);
        columns.put("proof that it was there", FaultRow::proof);
        columns.put("seen", FaultRow::seen);
        columns.put("acknowledged", row -> count(row.acknowledged()));
        columns.put("lost", row -> count(row.lost()));
        columns.put("duplicates", row -> count(row.duplicates()));
        columns.put(
                "recovered in, s",
                row -> row.recoverySeconds() < 0 ? "-" : String.format(Locale.ROOT, "%.1f", row.recoverySeconds()));
        columns.put("seed", row -> Long.toString(row.seed()));
        columns.put("verdict", FaultRow::verdict);
        columns.put("commit", FaultRow::commit);
        return columns;
    }

    private static String count(long count) {
        return count < 0 ? "-" : String.format(Locale.ROOT, "%,d", count);
    }

    private static String each(List<FaultRow> rows, Function<FaultRow, String> part) {
        List<String> parts = rows.stream().map(part).map(FaultTable::cell).toList();
        return parts.stream().distinct().count() == 1 ? parts.getFirst() : String.join("<br>", parts);
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }
}
