package ar.mcrn.sysmonstm.ops.systemtests.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Folder of the repository, with every module built in it.
 *
 * @param path absolute
 */
public record RepositoryRoot(Path path) {
    /**
     * The one given as system property {@code sysmonstm.root}, else the one that the working directory lies in.
     *
     * @throws IllegalStateException when there is none
     */
    public static RepositoryRoot find() {
        Path start = Path.of(System.getProperty("sysmonstm.root", "")).toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.isExecutable(folder.resolve("sysmon"))
                    && Files.isDirectory(folder.resolve("ops").resolve("system-tests"))) {
                return new RepositoryRoot(folder);
            }
        }
        throw new IllegalStateException(start + " is not in the repository");
    }

    /**
     * Class path of a module as the launcher makes it.
     *
     * @throws IllegalStateException when the module was not packaged
     */
    public String classPath(String module) {
        Path target = path.resolve(module).resolve("target");
        Path libraries = target.resolve("lib");
        if (!Files.isDirectory(target) || !Files.isDirectory(libraries)) {
            throw notPackaged(module);
        }
        try (var files = Files.list(target)) {
            List<Path> jars = files.filter(file -> {
                        String name = file.getFileName().toString();
                        return name.startsWith("sysmonstm-") && name.endsWith(".jar") && !name.endsWith("-tests.jar");
                    })
                    .toList();
            if (jars.size() != 1) {
                throw notPackaged(module);
            }
            return jars.getFirst() + ":" + libraries.resolve("*");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static IllegalStateException notPackaged(String module) {
        return new IllegalStateException(
                "module " + module + " has no jar or no target/lib: run mvn package (or verify) of all modules first");
    }
}
