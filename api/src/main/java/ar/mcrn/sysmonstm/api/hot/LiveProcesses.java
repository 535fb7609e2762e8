package ar.mcrn.sysmonstm.api.hot;

import ar.mcrn.sysmonstm.api.api.ProcessView;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.ProcessRow;
import ar.mcrn.sysmonstm.v1.Sample;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The processes with most CPU time and memory that a machine told of last. They stay what they were until it tells of others,
 * however old they grow. Kept as they came, since few are ever looked at. Immutable.
 *
 * @param time stamp of the sample that told, Unix milliseconds; 0 = none did
 * @param told at most {@link Limits#PROCESSES}
 */
public record LiveProcesses(long time, Collection<ProcessRow> told) {
    /** Nothing was told. */
    public static final LiveProcesses NONE = new LiveProcesses(0, List.of());

    private static final double FULL = 10_000;
    private static final long KIBIBYTE = 1024;
    private static final Comparator<ProcessRow> BUSIEST = Comparator.comparingInt(
                    (ProcessRow row) -> row.hasCpu() ? row.getCpu() : -1)
            .thenComparingLong(ProcessRow::getMemory)
            .reversed();

    /** Those of a sample, or the known ones where it brings none. */
    static LiveProcesses of(Sample sample, LiveProcesses known) {
        if (sample.getProcessesCount() == 0) {
            return known;
        }
        // An aggregator of before hands on what it does not know, unchecked.
        Map<Integer, ProcessRow> told = LinkedHashMap.newLinkedHashMap(Limits.PROCESSES);
        for (ProcessRow row : sample.getProcessesList()) {
            if (told.size() < Limits.PROCESSES && row.getCommand().size() <= Limits.COMMAND_BYTES) {
                told.putIfAbsent(row.getPid(), row);
            }
        }
        return new LiveProcesses(sample.getEndMillis(), List.copyOf(told.values()));
    }

    /** As shown: most CPU time first, those of which it is not known behind, by memory. */
    public List<ProcessView> rows() {
        return told.stream().sorted(BUSIEST).map(LiveProcesses::view).toList();
    }

    private static ProcessView view(ProcessRow row) {
        return new ProcessView(
                Integer.toUnsignedLong(row.getPid()),
                text(row.getCommand().toString(StandardCharsets.UTF_8)),
                row.hasCpu() ? Math.clamp(row.getCpu(), 0, Limits.PROCESS_CPU) / FULL : null,
                Math.clamp(row.getMemory(), 0, Limits.KIBIBYTES) * KIBIBYTE,
                Math.max(row.getThreads(), 1));
    }

    private static String text(String command) {
        StringBuilder text = new StringBuilder(command.length());
        command.chars().forEach(c -> text.append(Character.isISOControl(c) ? '\uFFFD' : (char) c));
        return text.toString();
    }
}
