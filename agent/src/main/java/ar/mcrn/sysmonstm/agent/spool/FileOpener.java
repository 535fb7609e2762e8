package ar.mcrn.sysmonstm.agent.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Set;

/** Opens and deletes files: {@code FileChannel::open}, or in tests one that fails when it is told to. */
@FunctionalInterface
interface FileOpener {
    FileChannel open(Path path, Set<OpenOption> options) throws IOException;

    /** Deletes a file where it is there. */
    default void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }
}
