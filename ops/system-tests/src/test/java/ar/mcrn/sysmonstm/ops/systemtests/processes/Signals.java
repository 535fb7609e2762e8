package ar.mcrn.sysmonstm.ops.systemtests.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Signals beyond those that Java sends, and what the kernel says of a process (Linux). */
public final class Signals {
    private Signals() {}

    /** SIGSTOP to a process and all its descendants; returns those stopped, for {@link #goOn}. */
    public static List<ProcessHandle> stop(long pid) throws InterruptedException {
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        // The parent first, or it would notice.
        List<ProcessHandle> all =
                Stream.concat(Stream.of(process), process.descendants()).toList();
        for (ProcessHandle each : all) {
            send("STOP", each.pid());
        }
        return all;
    }

    /** SIGCONT to those that are still there. */
    public static void goOn(List<ProcessHandle> stopped) throws InterruptedException {
        for (ProcessHandle each : stopped.reversed()) {
            if (each.isAlive()) {
                send("CONT", each.pid());
            }
        }
    }

    /** State of a process as in {@code /proc/PID/stat}: R, S, D, T, Z. */
    public static char state(long pid) {
        String stat = stat(pid);
        return stat.charAt(stat.lastIndexOf(')') + 2);
    }

    /** Processor time of a process so far, user and system, in seconds. */
    public static double cpuSeconds(long pid) {
        String stat = stat(pid);
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        // Fields 14 and 15 of proc(5), in ticks of 10 ms on every Linux of today.
        return (Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12))) / 100.0;
    }

    /** Resident memory of a process, in KiB. */
    public static long residentKib(long pid) {
        return read(pid, "status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0);
    }

    private static String stat(long pid) {
        return read(pid, "stat");
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void send(String signal, long pid) throws InterruptedException {
        try {
            int exit = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill -" + signal + " " + pid + " ended with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
