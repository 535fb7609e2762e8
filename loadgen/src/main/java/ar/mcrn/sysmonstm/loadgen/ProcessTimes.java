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

/**
 * CPU time, user and system, of processes with all their descendants (PostgreSQL works in children), read from
 * {@code /proc/PID/stat}: what a process used itself and what its ended, awaited children used. Linux only; elsewhere
 * nothing is known.
 */
final class ProcessTimes {

    /** The kernel shows times in this unit to all programs, whatever its own is. */
    private static final double TICKS_PER_SECOND = 100;

    private final Path proc;
    private final Map<String, Long> processes;
    private final Map<String, OptionalDouble> before;

    /** Notes where the named processes stand. */
    ProcessTimes(Path proc, Map<String, Long> processes) {
        this.proc = proc;
        this.processes = new LinkedHashMap<>(processes);
        this.before = seconds();
    }

    /** Seconds used since construction by each process; without those that are not there any more. */
    Map<String, Double> used() {
        Map<String, Double> used = new LinkedHashMap<>();
        seconds().forEach((name, now) -> {
            OptionalDouble then = before.get(name);
            if (now.isPresent() && then.isPresent()) {
                used.put(name, Math.round((now.getAsDouble() - then.getAsDouble()) * 100) / 100.0);
            }
        });
        return used;
    }

    /** Seconds used so far by a process and its descendants; empty where it is not there. */
    static OptionalDouble secondsOf(Path proc, long pid) {
        return new ProcessTimes(proc, Map.of("one", pid)).before.get("one");
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
