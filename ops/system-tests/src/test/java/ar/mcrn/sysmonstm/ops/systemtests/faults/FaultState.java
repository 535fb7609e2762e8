package ar.mcrn.sysmonstm.ops.systemtests.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** File of the rows done, one JSON object a line, so that a run of hours can be taken up again. Any thread. */
final class FaultState {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final List<FaultRow> rows;

    private FaultState(Path file, List<FaultRow> rows) {
        this.file = file;
        this.rows = rows;
    }

    /**
     * Reads what there is; a last line that was cut off is taken away, so that the next row begins a line of its own.
     *
     * @throws IOException when another line is no row, naming it
     */
    static FaultState open(Path file) throws IOException {
        List<FaultRow> rows = new ArrayList<>();
        if (Files.exists(file)) {
            byte[] bytes = Files.readAllBytes(file);
            int whole = bytes.length;
            while (whole > 0 && bytes[whole - 1] != '\n') {
                whole--;
            }
            if (whole < bytes.length) {
                Files.write(file, Arrays.copyOf(bytes, whole));
            }
            List<String> lines =
                    new String(bytes, 0, whole, StandardCharsets.UTF_8).lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                try {
                    rows.add(JSON.readValue(lines.get(i), FaultRow.class));
                } catch (JsonProcessingException e) {
                    throw new IOException(file + " line " + (i + 1) + " is no row", e);
                }
            }
        } else if (file.toAbsolutePath().getParent() != null) {
            Files.createDirectories(file.toAbsolutePath().getParent());
        }
        return new FaultState(file, rows);
    }

    /**
     * The newest row of this run, where there is one.
     *
     * @param commit what it has to be of; null = of any
     */
    synchronized Optional<FaultRow> done(FaultScenario scenario, FaultLoad load, @Nullable String commit) {
        return rows.reversed().stream()
                .filter(row -> row.isOf(scenario, load, commit == null ? row.commit() : commit))
                .findFirst();
    }

    /** Keeps a row. */
    synchronized void add(FaultRow row) throws IOException {
        rows.add(row);
        Files.writeString(
                file, JSON.writeValueAsString(row) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
