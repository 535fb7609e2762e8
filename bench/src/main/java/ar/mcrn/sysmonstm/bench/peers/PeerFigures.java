package ar.mcrn.sysmonstm.bench.peers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What one system did in one round, or the medians of all rounds.
 *
 * @param cpuMicros CPU per accepted host-sample in the measured part, by process
 * @param rate accepted in the measured part, of what was due in it
 * @param memoryMebibytes highest proportional set size of all its processes together
 * @param due host-samples of the schedule
 * @param accepted of them when it ended
 * @param valuesPerSample values kept of a sample
 * @param dataBytesPerValue on disk, without indexes
 * @param indexBytesPerValue indexes on disk
 * @param note what else must be said
 */
record PeerFigures(
        Map<String, Double> cpuMicros,
        double rate,
        double memoryMebibytes,
        long due,
        long accepted,
        double valuesPerSample,
        double dataBytesPerValue,
        double indexBytesPerValue,
        String note) {
    private static final double KEEPS_UP = 0.98;

    /** CPU of all processes per accepted host-sample. */
    double micros() {
        return cpuMicros.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** CPU seconds per million values. */
    double secondsPerMillionValues() {
        return micros() / valuesPerSample;
    }

    boolean fellBehind() {
        return rate < KEEPS_UP;
    }

    /** Median of each figure. */
    static PeerFigures median(List<PeerFigures> rounds) {
        Map<String, Double> cpu = new LinkedHashMap<>();
        rounds.getFirst()
                .cpuMicros()
                .keySet()
                .forEach(part ->
                        cpu.put(part, median(rounds, each -> each.cpuMicros().get(part))));
        String note = rounds.stream()
                .map(PeerFigures::note)
                .filter(each -> !each.isEmpty())
                .distinct()
                .reduce((a, b) -> a + "; " + b)
                .orElse("");
        return new PeerFigures(
                cpu,
                median(rounds, PeerFigures::rate),
                median(rounds, PeerFigures::memoryMebibytes),
                rounds.stream().mapToLong(PeerFigures::due).sum(),
                rounds.stream().mapToLong(PeerFigures::accepted).sum(),
                rounds.getFirst().valuesPerSample(),
                median(rounds, PeerFigures::dataBytesPerValue),
                median(rounds, PeerFigures::indexBytesPerValue),
                note);
    }

    static double median(List<PeerFigures> rounds, ToDoubleFunction<PeerFigures> figure) {
        double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
