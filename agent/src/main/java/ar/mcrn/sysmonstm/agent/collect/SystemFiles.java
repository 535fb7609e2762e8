package ar.mcrn.sysmonstm.agent.collect;

import java.nio.file.Path;

/**
 * Where the kernel's files are; tests point it at a tree of their own.
 *
 * @param proc usually {@code /proc}
 * @param sys usually {@code /sys}
 * @param etc usually {@code /etc}
 */
public record SystemFiles(Path proc, Path sys, Path etc) {

    /** The files of this machine. */
    public static SystemFiles ofThisMachine() {
        return under(Path.of("/"));
    }

    /** The files of the machine whose root is mounted here. */
    public static SystemFiles under(Path root) {
        return new SystemFiles(root.resolve("proc"), root.resolve("sys"), root.resolve("etc"));
    }
}
