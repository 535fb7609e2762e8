package ar.mcrn.sysmonstm.agent.collect;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * openat(2), read(2), getdents64(2) and close(2) of 64-bit Linux on memory that is used again and again: three calls and no
 * object for each process. By java.io it would be five objects and a cleaner each.
 *
 * <pre>
 * linux_dirent64   0 d_ino   8 d_off   16 d_reclen (2 bytes)   18 d_type   19 d_name, ends with 0
 * </pre>
 */
final class NativeProcessFiles implements ProcessFiles {
    private static final int AT_FDCWD = -100;
    /** O_RDONLY and O_CLOEXEC, which has this value on every architecture that {@link StatVfs} knows. */
    private static final int READ_ONLY = 0x80000;

    private static final int ENTRIES_BYTES = 16 * 1024;
    private static final int RECORD_LENGTH = 16;
    private static final int NAME = 19;
    private static final byte[] STAT = {'/', 's', 't', 'a', 't', 0};
    private static final int MOST_DIGITS = 10;

    private final Path proc;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment directory;
    private final MemorySegment entries = arena.allocate(ENTRIES_BYTES, Long.BYTES);
    private final MemorySegment path = arena.allocate(MOST_DIGITS + STAT.length);
    private MemorySegment file;
    private int list = -1;
    private long entriesAt;
    private long entriesEnd;

    private NativeProcessFiles(Path proc) {
        this.proc = proc;
        directory = arena.allocateFrom(proc.toString(), StandardCharsets.UTF_8);
        file = arena.allocate(1024);
    }

    /** This, or where it cannot work {@link ProcessFiles#ofFile}. */
    static ProcessFiles orFile(Path proc) {
        return Functions.FOUND ? new NativeProcessFiles(proc) : ProcessFiles.ofFile(proc);
    }

    @Override
    public void begin() throws IOException {
        close();
        list = open(AT_FDCWD, directory);
        entriesAt = 0;
        entriesEnd = 0;
        if (list < 0) {
            throw new IOException("cannot be listed: directory=" + proc);
        }
    }

    @Override
    public int next() throws IOException {
        while (list >= 0) {
            if (entriesAt >= entriesEnd) {
                entriesAt = 0;
                entriesEnd = call(Functions.GETDENTS, list, entries, ENTRIES_BYTES);
                if (entriesEnd < 0) {
                    throw new IOException("cannot be listed to its end: directory=" + proc);
                }
                if (entriesEnd == 0) {
                    return 0;
                }
            }
            int number = 0;
            long name = entriesAt + NAME;
            for (byte b; (b = entries.get(ValueLayout.JAVA_BYTE, name)) != 0; name++) {
                number = ProcessFiles.number(number, b);
            }
            entriesAt += entries.get(ValueLayout.JAVA_SHORT, entriesAt + RECORD_LENGTH) & 0xffff;
            if (number > 0) {
                return number;
            }
        }
        return 0;
    }

    @Override
    public int readStat(int pid, byte[] into) {
        int digits = 1;
        for (int rest = pid / 10; rest > 0; rest /= 10) {
            digits++;
        }
        int rest = pid;
        for (int i = digits - 1; i >= 0; i--) {
            path.set(ValueLayout.JAVA_BYTE, i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        MemorySegment.copy(STAT, 0, path, ValueLayout.JAVA_BYTE, digits, STAT.length);
        int opened = open(list, path);
        if (opened < 0) {
            return -1;
        }
        if (file.byteSize() < into.length) {
            file = arena.allocate(into.length);
        }
        int count = (int) call(Functions.READ, opened, file, into.length);
        close(opened);
        if (count > 0) {
            MemorySegment.copy(file, ValueLayout.JAVA_BYTE, 0, into, 0, count);
        }
        return count;
    }

    @Override
    public void close() {
        if (list >= 0) {
            close(list);
            list = -1;
        }
    }

    private static int open(int at, MemorySegment name) {
        try {
            return (int) Functions.OPENAT.invokeExact(at, name, READ_ONLY);
        } catch (Throwable e) {
            throw bug(e);
        }
    }

    private static long call(MethodHandle function, int file, MemorySegment into, long bytes) {
        try {
            return (long) function.invokeExact(file, into, bytes);
        } catch (Throwable e) {
            throw bug(e);
        }
    }

    private static void close(int file) {
        try {
            int ignored = (int) Functions.CLOSE.invokeExact(file);
        } catch (Throwable e) {
            throw bug(e);
        }
    }

    private static RuntimeException bug(Throwable e) {
        return new IllegalStateException("BUG: a function of the C library threw what it cannot", e);
    }

    /** The functions, where the C library has them and native access is allowed; constants, so that calls are compiled. */
    @SuppressWarnings("restricted") // Four functions of the C library, whose shapes stand in its manual.
    private static final class Functions {
        private static final boolean FOUND;
        private static final MethodHandle OPENAT;
        private static final MethodHandle READ;
        private static final MethodHandle GETDENTS;
        private static final MethodHandle CLOSE;

        static {
            MethodHandle openat = null;
            MethodHandle read = null;
            MethodHandle getdents = null;
            MethodHandle close = null;
            if (StatVfs.isKnownLinux()) {
                try {
                    FunctionDescriptor readShape = FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
                    openat = find(
                            "openat",
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_INT));
                    read = find("read", readShape);
                    getdents = find("getdents64", readShape);
                    close = find("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
                } catch (RuntimeException ignored) {
                    // A C library without getdents64, or native access is not allowed: the JDK's own way serves.
                    close = null;
                }
            }
            FOUND = close != null;
            OPENAT = openat;
            READ = read;
            GETDENTS = getdents;
            CLOSE = close;
        }

        private static MethodHandle find(String name, FunctionDescriptor shape) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), shape);
        }
    }
}
