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
        return "lost 0, duplicates 0, none left without outcome" + (more.isEmpty() ? "" : "; " + more);
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
        StringBuilder text = new StringBuilder("""
                | id | fault and load | expected beyond lost 0, duplicates 0, none left | proof that it was there | seen \
                | acknowledged | lost | duplicates | recovered in, s | verdict |
                | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
                """);
        byId.forEach((id, same) -> text.append("| ")
                .append(String.join(
                        " | ",
                        id,
                        cell(same.getFirst().fault() + "; " + load(same)),
                        cell(same.getFirst().expected()),
                        each(same, FaultRow::proof),
                        each(same, FaultRow::seen),
                        each(same, row -> count(row.acknowledged())),
                        each(same, row -> count(row.lost())),
                        each(same, row -> count(row.duplicates())),
                        each(
                                same,
                                row -> row.recoverySeconds() < 0
                                        ? "-"
                                        : String.format(Locale.ROOT, "%.1f", row.recoverySeconds())),
                        each(same, FaultRow::verdict)))
                .append(" |\n"));
        return text.toString();
    }

    private static String load(List<FaultRow> same) {
        FaultRow first = same.getFirst();
        String seeds = same.stream().map(row -> Long.toString(row.seed())).collect(Collectors.joining(", "));
        return first.agents() + " agents, " + first.seconds() + " s, seeds " + seeds;
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
