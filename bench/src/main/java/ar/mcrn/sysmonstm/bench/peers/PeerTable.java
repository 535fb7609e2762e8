package ar.mcrn.sysmonstm.bench.peers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** All rounds of all systems as one table, with the ratios that matter; those are taken within each round, then their median. */
final class PeerTable {
    private final Map<PeerKind, List<PeerFigures>> rounds;

    PeerTable(Map<PeerKind, List<PeerFigures>> rounds) {
        this.rounds = rounds;
    }

    /** For people. */
    String text() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%-25s %9s %8s %11s %9s %12s %12s %22s%n",
                "system",
                "us/sample",
                "values",
                "CPU-s/Mval",
                "PSS MiB",
                "data B/value",
                "index B/val",
                "accepted of due"));
        rounds.forEach((kind, all) -> {
            PeerFigures median = PeerFigures.median(all);
            text.append(String.format(
                    Locale.ROOT,
                    "%-25s %9.1f %8.1f %11.2f %9.0f %12.2f %12.2f %22s%n",
                    kind.text(),
                    median.micros(),
                    median.valuesPerSample(),
                    median.secondsPerMillionValues(),
                    median.memoryMebibytes(),
                    median.dataBytesPerValue(),
                    median.indexBytesPerValue(),
                    median.accepted() + "/" + median.due()));
        });
        text.append('\n');
        rounds.forEach((kind, all) -> text.append(remarks(kind, PeerFigures.median(all))));
        ratios().forEach((name, ratio) -> text.append(String.format(Locale.ROOT, "%-45s %.3f%n", name, ratio)));
        return text.toString();
    }

    private static String remarks(PeerKind kind, PeerFigures median) {
        StringBuilder text = new StringBuilder(kind.text()).append(": us/sample by process");
        median.cpuMicros().forEach((part, micros) -> text.append(String.format(Locale.ROOT, " %s %.1f", part, micros)));
        if (median.fellBehind()) {
            text.append(String.format(Locale.ROOT, "; FELL BEHIND: took %.0f %% of the rate", median.rate() * 100));
        }
        if (!median.note().isEmpty()) {
            text.append("; ").append(median.note());
        }
        return text.append('\n').toString();
    }

    /** Ratios by name, of those systems that are there. */
    Map<String, Double> ratios() {
        Map<String, Double> ratios = new LinkedHashMap<>();
        ToDoubleFunction<PeerFigures> aggregator = each -> each.cpuMicros().get("aggregator");
        for (PeerKind other : rounds.keySet()) {
            if (other == PeerKind.SYSMONSTM) {
                continue;
            }
            ratio(other, PeerFigures::micros).ifPresent(ratio -> ratios.put("sysmonstm / " + other.text(), ratio));
            ratio(other, aggregator).ifPresent(ratio -> ratios.put("aggregator alone / " + other.text(), ratio));
        }
        return ratios;
    }

    private Optional<Double> ratio(PeerKind other, ToDoubleFunction<PeerFigures> ours) {
        List<PeerFigures> sysmonstm = rounds.getOrDefault(PeerKind.SYSMONSTM, List.of());
        List<PeerFigures> others = rounds.get(other);
        List<Double> all = new ArrayList<>();
        for (int i = 0; i < Math.min(sysmonstm.size(), others.size()); i++) {
            all.add(ours.applyAsDouble(sysmonstm.get(i)) / others.get(i).micros());
        }
        all.sort(Double::compare);
        return all.isEmpty()
                ? Optional.empty()
                : Optional.of((all.get((all.size() - 1) / 2) + all.get(all.size() / 2)) / 2);
    }

    /** All of it, for {@code --json}. */
    Map<String, Object> json() {
        Map<String, Object> systems = new LinkedHashMap<>();
        rounds.forEach((kind, all) -> {
            PeerFigures median = PeerFigures.median(all);
            systems.put(
                    kind.text(),
                    Map.of(
                            "median", median,
                            "cpuMicrosPerSample", median.micros(),
                            "cpuSecondsPerMillionValues", median.secondsPerMillionValues(),
                            "fellBehind", median.fellBehind(),
                            "rounds", all));
        });
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("systems", systems);
        document.put("ratios", ratios());
        return document;
    }
}
