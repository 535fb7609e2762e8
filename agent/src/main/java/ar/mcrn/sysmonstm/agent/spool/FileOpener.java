package ar.mcrn.sysmonstm.agent.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Set;

/** Opens files: {@code FileChannel::open}, or in tests one that fails when it is told to. */
@FunctionalInterface
interface FileOpener {
    FileChannel open(Path path, Set<OpenOption> options) throws IOException;
}
