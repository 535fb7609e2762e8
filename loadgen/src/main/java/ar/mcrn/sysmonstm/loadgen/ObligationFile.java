package ar.mcrn.sysmonstm.loadgen;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads what {@link ObligationLog} wrote, also where that was killed: a last line without its end is ignored.
 *
 * @param seed of the machines
 * @param agents how many there are
 * @param startMillis intended start of the load run, Unix milliseconds
 * @param skewMillis most that an agent's clock is wrong
 * @param runs what is owed to each run
 * @param rejected samples finally refused, by reason
 * @param dropped samples that a full spool dropped
 * @param counters last counters written, by name
 * @param complete whether the load run came to its end
 */
record ObligationFile(
        long seed,
        int agents,
        long startMillis,
        long skewMillis,
        List<RunObligation> runs,
        Map<String, Long> rejected,
        long dropped,
        Map<String, Long> counters,
        boolean complete) {

    /** @throws IOException when it cannot be read or is no such file, naming the line */
    static ObligationFile read(Path path) throws IOException {
        Reading reading = new Reading();
        try (BufferedReader file = Files.newBufferedReader(path, StandardCharsets.US_ASCII)) {
            boolean whole = endsWithNewline(path);
            String line = file.readLine();
            for (long number = 1; line != null; number++) {
                String next = file.readLine();
                if (next != null || whole) {
                    try {
                        reading.line(line, number);
                    } catch (RuntimeException e) {
                        throw new IOException(path + " line " + number + " is not understood: " + line, e);
                    }
                }
                line = next;
            }
        }
        return reading.result();
    }

    private static boolean endsWithNewline(Path path) throws IOException {
        long size = Files.size(path);
        if (size == 0) {
            throw new IOException(path + " is empty");
        }
        try (var channel = Files.newByteChannel(path)) {
            java.nio.ByteBuffer last = java.nio.ByteBuffer.allocate(1);
            channel.position(size - 1).read(last);
            return last.get(0) == '\n';
        }
    }

    private static final class Reading {
        private final Map<String, Long> header = new TreeMap<>();
        private final List<Run> runs = new ArrayList<>();
        private final Map<String, Long> rejected = new TreeMap<>();
        private Map<String, Long> counters = new TreeMap<>();
        private long dropped;

        private static final class Run {
            private final MachineRun identity;
            private final BitSet acknowledged = new BitSet();
            private final BitSet backfilled = new BitSet();
            private final BitSet events = new BitSet();
            private final Map<Long, SentEvent> sentEvents = new TreeMap<>();
            private long issued;
            private boolean ended;

            Run(MachineRun identity) {
                this.identity = identity;
            }
        }

        void line(String line, long number) {
            if (number == 1) {
                if (!line.startsWith(ObligationLog.MAGIC + " ")) {
                    throw new IllegalArgumentException("no obligations");
                }
                pairs(line.substring(ObligationLog.MAGIC.length() + 1), header);
                return;
            }
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "r" -> run(words);
                case "m" -> run(words[1]).issued = Long.parseLong(words[2]);
                case "b" -> set(run(words[1]).backfilled, words);
                case "a" -> set(run(words[1]).acknowledged, words);
                case "v" -> run(words[1]).sentEvents.put(Long.valueOf(words[2]), event(words));
                case "e" -> set(run(words[1]).events, words);
                case "x" -> rejected.merge(words[4], count(words), Long::sum);
                case "d" -> dropped += count(words);
                case "c" -> {
                    counters = new TreeMap<>();
                    if (line.length() > 2) {
                        pairs(line.substring(2), counters);
                    }
                }
                case "z" -> {
                    Run run = run(words[1]);
                    run.issued = Long.parseLong(words[2]);
                    run.ended = true;
                }
                default -> throw new IllegalArgumentException("kind of line");
            }
        }

        private static void pairs(String text, Map<String, Long> into) {
            for (String pair : text.split(" ", -1)) {
                int equals = pair.indexOf('=');
                into.put(pair.substring(0, equals), Long.valueOf(pair.substring(equals + 1)));
            }
        }

        private void run(String[] words) {
            if (Integer.parseInt(words[1]) != runs.size()) {
                throw new IllegalArgumentException("reference");
            }
            Machine machine = Machine.of(header.get("seed"), Integer.parseInt(words[2]));
            runs.add(new Run(MachineRun.of(
                    machine,
                    Long.parseLong(words[3]),
                    header.get("intervalMillis").intValue())));
        }

        private Run run(String reference) {
            return runs.get(Integer.parseInt(reference));
        }

        private static SentEvent event(String[] words) {
            return new SentEvent(
                    words[3],
                    Long.parseLong(words[4]),
                    Long.parseLong(words[5]),
                    Long.parseLong(words[6]),
                    Long.parseLong(words[7]),
                    Long.parseLong(words[8]));
        }

        private static void set(BitSet bits, String[] words) {
            bits.set(Integer.parseInt(words[2]), Integer.parseInt(words[3]) + 1);
        }

        private static long count(String[] words) {
            return Long.parseLong(words[3]) - Long.parseLong(words[2]) + 1;
        }

        ObligationFile result() {
            return new ObligationFile(
                    header.get("seed"),
                    header.get("agents").intValue(),
                    header.get("startMillis"),
                    header.get("skewMillis"),
                    runs.stream()
                            .map(run -> new RunObligation(
                                    run.identity,
                                    run.issued,
                                    run.acknowledged,
                                    run.backfilled,
                                    run.events,
                                    run.sentEvents))
                            .toList(),
                    rejected,
                    dropped,
                    counters,
                    runs.stream().allMatch(run -> run.ended));
        }
    }

    long acknowledged() {
        return runs.stream().mapToLong(run -> run.acknowledged().cardinality()).sum();
    }
}
