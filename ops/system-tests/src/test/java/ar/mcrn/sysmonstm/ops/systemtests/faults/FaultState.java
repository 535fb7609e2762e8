package ar.mcrn.sysmonstm.ops.systemtests.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
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

    /** Reads what there is; a last line that was cut off is passed over. */
    static FaultState open(Path file) throws IOException {
        List<FaultRow> rows = new ArrayList<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                if (line.endsWith("}")) {
                    rows.add(JSON.readValue(line, FaultRow.class));
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
