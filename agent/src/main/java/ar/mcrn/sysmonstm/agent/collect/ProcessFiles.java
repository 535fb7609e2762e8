package ar.mcrn.sysmonstm.agent.collect;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;

/** Goes through the numbered directories of {@code /proc} and reads a small file of each. Used by one thread. */
interface ProcessFiles extends AutoCloseable {
    /** Goes to the beginning of the list as it is now. */
    void begin() throws IOException;

    /** The next process; 0 at the end. */
    int next() throws IOException;

    /** Reads what {@code stat} says of it; how many bytes that are, 0 or less where it has gone or may not be seen. */
    int readStat(int pid, byte[] into);

    /** Lets go of the list. */
    @Override
    void close();

    /** The number that a directory is named by; 0 where it is named otherwise. */
    static int number(int number, int digit) {
        return digit < '0' || digit > '9' || number < 0 || number >= 1 << 26 ? -1 : number * 10 + digit - '0';
    }

    /** By java.io.File: makes some objects for each process, but needs no native access. */
    static ProcessFiles ofFile(Path proc) {
        return new ProcessFiles() {
            private String[] names = {};
            private int at;

            @Override
            public void begin() throws IOException {
                names = proc.toFile().list();
                at = 0;
                if (names == null) {
                    names = new String[0];
                    throw new IOException("cannot be listed: directory=" + proc);
                }
            }

            @Override
            public int next() {
                while (at < names.length) {
                    String name = names[at++];
                    int number = 0;
                    for (int i = 0; i < name.length(); i++) {
                        number = number(number, name.charAt(i));
                    }
                    if (number > 0) {
                        return number;
                    }
                }
                return 0;
            }

            @Override
            public int readStat(int pid, byte[] into) {
                try (FileInputStream file = new FileInputStream(new File(proc.toFile(), pid + "/stat"))) {
                    return file.read(into);
                } catch (IOException ignored) {
                    // It has ended since it was listed, or is not ours to see.
                    return -1;
                }
            }

            @Override
            public void close() {
                names = new String[0];
            }
        };
    }
}
