package ar.mcrn.sysmonstm.agent.collect;

import java.nio.file.Path;

/**
 * Where the kernel's files are; tests point it at a tree of their own.
 *
 * @param proc usually {@code /proc}
 * @param sys usually {@code /sys}
 */
public record SystemFiles(Path proc, Path sys) {

    /** The files of this machine. */
    public static SystemFiles ofThisMachine() {
        return new SystemFiles(Path.of("/proc"), Path.of("/sys"));
    }
}
