package ar.mcrn.sysmonstm.ops.standalone.doctor.compose;

import ar.mcrn.sysmonstm.ops.standalone.doctor.Findings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The files that {@code ops/compose/prepare} makes: there, readable to containers, closed to others. Never says what is in them. */
final class ComposeSecrets {
    private static final List<String> NEEDED = List.of("database-password", "database-url", "agent-token");
    private static final List<String> MAY_BE_EMPTY = List.of("edge-token", "alert-webhook-url");
    private static final List<String> OF_GRAFANA = List.of("grafana-admin-password", "grafana-database-password");
    private static final String EMPTY = "is empty";
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    private ComposeSecrets() {}

    static void judge(Path folder, Findings findings) throws IOException {
        if (!Files.isDirectory(folder)) {
            findings.act("secrets", folder + " is not there", "run ops/compose/prepare");
            return;
        }
        if (!Files.isExecutable(folder)) {
            findings.act("secrets", folder + " cannot be entered by you", "ask as its owner");
            return;
        }
        boolean well = true;
        Set<PosixFilePermission> rights = EnumSet.copyOf(Files.getPosixFilePermissions(folder));
        rights.retainAll(OTHERS);
        if (!rights.isEmpty()) {
            findings.act(
                    "secrets", folder + " is open to others", "chmod 700 it, and make new secrets if others were here");
            well = false;
        }
        boolean needed = true;
        for (String name : NEEDED) {
            needed &= judge(folder.resolve(name), true, findings);
        }
        well &= needed;
        for (String name : MAY_BE_EMPTY) {
            well &= judge(folder.resolve(name), false, findings);
        }
        if (needed
                && !read(folder.resolve("database-url"))
                        .contains(":" + read(folder.resolve("database-password")) + "@")) {
            findings.act(
                    "secrets",
                    "database-url does not hold the password of database-password",
                    "write the one that the database has into both");
            well = false;
        }
        if (well) {
            findings.well("secrets", folder + ", closed to others");
        }
    }

    /** Those of compose.observe.yaml; only where it is up, or they are there. */
    static void judgeGrafana(Path folder, boolean up, Findings findings) throws IOException {
        for (String name : OF_GRAFANA) {
            if (Files.isExecutable(folder) && (up || Files.exists(folder.resolve(name)))) {
                judge(folder.resolve(name), true, findings);
            }
        }
    }

    private static boolean judge(Path file, boolean needed, Findings findings) throws IOException {
        String problem = !Files.isRegularFile(file)
                ? "is missing"
                : !Files.isReadable(file)
                        ? "cannot be read by you"
                        : needed && read(file).isEmpty()
                                ? EMPTY
                                : !Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)
                                        ? "cannot be read by the containers' users"
                                        : "";
        if (!problem.isEmpty()) {
            findings.act(
                    "secrets",
                    file.getFileName() + " " + problem,
                    Files.exists(file) && !problem.equals(EMPTY)
                            ? "chmod 444 " + file
                            : "run ops/compose/prepare --secrets-only");
        }
        return problem.isEmpty();
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    }
}
