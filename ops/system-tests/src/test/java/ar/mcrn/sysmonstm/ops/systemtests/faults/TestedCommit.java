package ar.mcrn.sysmonstm.ops.systemtests.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which commit is tested: short, with a plus where files differ from it; {@code unknown} outside of a repository. */
final class TestedCommit {
    private static final String UNKNOWN = "unknown";
    private static final String CHANGED = "+";

    private TestedCommit() {}

    /** Whether what was tested can be told from its name, and found again. */
    static boolean isExact(String tested) {
        return !tested.equals(UNKNOWN) && !tested.endsWith(CHANGED);
    }

    static String of(Path folder) throws InterruptedException {
        String commit = git(folder, "rev-parse", "--short", "HEAD");
        if (commit.isEmpty()) {
            return UNKNOWN;
        }
        return git(folder, "status", "--porcelain", "--untracked-files=no").isEmpty() ? commit : commit + CHANGED;
    }

    private static String git(Path folder, String... arguments) throws InterruptedException {
        try {
            List<String> command = new ArrayList<>(List.of("git"));
            command.addAll(List.of(arguments));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD);
            Process git = builder.start();
            String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor() == 0 ? said : "";
        } catch (IOException none) {
            // There is no git here.
            return "";
        }
    }
}
