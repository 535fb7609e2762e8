package ar.mcrn.sysmonstm.loadgen;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * CPU time, user and system, and memory of processes with all their descendants (PostgreSQL works in children): what a process used
 * itself and what its ended, awaited children used, from {@code /proc/PID/stat}; proportional set size from
 * {@code /proc/PID/smaps_rollup}. Linux only; elsewhere nothing is known.
 */
public final class ProcessFigures {

    /** The kernel shows times in this unit to all programs, whatever its own is. */
    private static final double TICKS_PER_SECOND = 100;

    private final Path proc;
    private final Map<String, Long> processes;
    private final Map<String, OptionalDouble> before;
    private Map<String, OptionalDouble> lastSeconds;
    private long lastNanos = System.nanoTime();

    /** Notes where the named processes stand. */
    public ProcessFigures(Path proc, Map<String, Long> processes) {
        this.proc = proc;
        this.processes = new LinkedHashMap<>(processes);
        this.before = seconds();
        this.lastSeconds = before;
    }

    /** Cores that each process kept busy since this was last called, or since construction. */
    Map<String, Double> cores() {
        Map<String, OptionalDouble> now = seconds();
        long nanos = System.nanoTime();
        Map<String, Double> cores = new LinkedHashMap<>();
        now.forEach((name, seconds) -> {
            OptionalDouble then = lastSeconds.get(name);
            if (seconds.isPresent() && then.isPresent()) {
                cores.put(name, rounded((seconds.getAsDouble() - then.getAsDouble()) * 1e9 / (nanos - lastNanos)));
            }
        });
        lastSeconds = now;
        lastNanos = nanos;
        return cores;
    }

    /** MiB of each process by proportional set size; without those of which it cannot be read. */
    public Map<String, Double> memoryMebibytes() {
        Map<Long, Stat> stats = readAll();
        Map<String, Double> memory = new LinkedHashMap<>();
        processes.forEach((name, pid) -> {
            long kibibytes = stats.keySet().stream()
                    .filter(each -> descends(each, pid, stats))
                    .mapToLong(this::pssKibibytes)
                    .sum();
            if (kibibytes > 0) {
                memory.put(name, rounded(kibibytes / 1_024.0));
            }
        });
        return memory;
    }

    /** 0 where the process is gone or another user's. */
    private long pssKibibytes(long pid) {
        try (Stream<String> lines = Files.lines(proc.resolve(pid + "/smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException | UncheckedIOException unreadable) {
            return 0;
        }
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }

    /** Seconds used since construction by each process; without those that are not there any more. */
    Map<String, Double> used() {
        Map<String, Double> used = new LinkedHashMap<>();
        seconds().forEach((name, now) -> {
            OptionalDouble then = before.get(name);
            if (now.isPresent() && then.isPresent()) {
                used.put(name, rounded(now.getAsDouble() - then.getAsDouble()));
            }
        });
        return used;
    }

    /** Seconds used so far by a process and its descendants; empty where it is not there. */
    public static OptionalDouble secondsOf(Path proc, long pid) {
        return new ProcessFigures(proc, Map.of("one", pid)).before.get("one");
    }

    private Map<String, OptionalDouble> seconds() {
        Map<Long, Stat> stats = readAll();
        Map<String, OptionalDouble> seconds = new LinkedHashMap<>();
        processes.forEach((name, pid) -> {
            if (stats.containsKey(pid)) {
                long ticks = stats.entrySet().stream()
                        .filter(entry -> descends(entry.getKey(), pid, stats))
                        .mapToLong(entry -> entry.getValue().ticks())
                        .sum();
                seconds.put(name, OptionalDouble.of(ticks / TICKS_PER_SECOND));
            } else {
                seconds.put(name, OptionalDouble.empty());
            }
        });
        return seconds;
    }

    private static boolean descends(long pid, long ancestor, Map<Long, Stat> stats) {
        long at = pid;
        // A parent may have ended and its number been taken again while we read: no chain is longer than the table.
        for (int i = 0; i <= stats.size(); i++) {
            if (at == ancestor) {
                return true;
            }
            Stat stat = stats.get(at);
            if (stat == null) {
                return false;
            }
            at = stat.parent();
        }
        return false;
    }

    private record Stat(long parent, long ticks) {}

    private Map<Long, Stat> readAll() {
        Map<Long, Stat> stats = new HashMap<>();
        if (processes.isEmpty() || !Files.isDirectory(proc)) {
            return stats;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path entry : entries) {
                try {
                    stats.put(
                            Long.valueOf(entry.getFileName().toString()),
                            parse(Files.readString(entry.resolve("stat"))));
                } catch (IOException ignored) {
                    // The process ended while we looked.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + proc, e);
        }
        return stats;
    }

    /** proc(5): the name in parentheses may hold anything; fields 4 and 14 to 17 follow its last one. */
    private static Stat parse(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long ticks = 0;
        for (int field = 14; field <= 17; field++) {
            ticks += Long.parseLong(fields[field - 3]);
        }
        return new Stat(Long.parseLong(fields[1]), ticks);
    }
}
