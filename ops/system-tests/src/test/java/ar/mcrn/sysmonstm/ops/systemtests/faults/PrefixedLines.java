package ar.mcrn.sysmonstm.ops.systemtests.faults;

import java.io.OutputStream;
import java.io.PrintStream;

/** Whole lines that begin with a word, so that those of several rows can be told apart. */
final class PrefixedLines extends PrintStream {
    private final PrintStream target;
    private final String prefix;

    PrefixedLines(PrintStream target, String prefix) {
        super(OutputStream.nullOutputStream(), true);
        this.target = target;
        this.prefix = prefix;
    }

    @Override
    public void println(String line) {
        target.printf("%-14s %s%n", prefix, line);
    }
}
