package ar.mcrn.sysmonstm.agent.collect;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Set;

/**
 * statvfs(3) of 64-bit Linux, since the JDK's own classes say nothing of inodes.
 *
 * <pre>
 * offset  0 f_bsize   8 f_frsize   16 f_blocks   24 f_bfree   32 f_bavail   40 f_files   48 f_ffree
 * </pre>
 *
 * The first seven fields are 64-bit words in glibc and musl on every 64-bit architecture; the rest, at most 72 bytes more, is
 * not read.
 */
final class StatVfs implements SpaceReader {
    private static final Set<String> ARCHITECTURES = Set.of("amd64", "aarch64", "riscv64", "ppc64le", "s390x");
    private static final int STRUCT_BYTES = 256;
    private static final int FRAGMENT = 8;
    private static final int BLOCKS = 16;
    private static final int FREE = 24;
    private static final int AVAILABLE = 32;
    private static final int FILES = 40;
    private static final int FILES_FREE = 48;

    private final MethodHandle statvfs;

    /** Looked up with the first question: the foreign-function interface takes some time to load. */
    private static final class Here {
        private static final SpaceReader READER = orFile();
    }

    private StatVfs(MethodHandle statvfs) {
        this.statvfs = statvfs;
    }

    /** Whether this is Linux on an architecture whose C library looks as we know it. */
    static boolean isKnownLinux() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")
                && ARCHITECTURES.contains(System.getProperty("os.arch", ""));
    }

    /** This, or where it cannot work {@link SpaceReader#ofFile}. */
    @SuppressWarnings("restricted") // One function of the C library, whose shape stands above.
    static SpaceReader orFile() {
        if (!isKnownLinux()) {
            return SpaceReader::ofFile;
        }
        try {
            Linker linker = Linker.nativeLinker();
            FunctionDescriptor shape =
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
            return new StatVfs(
                    linker.downcallHandle(linker.defaultLookup().find("statvfs").orElseThrow(), shape));
        } catch (RuntimeException ignored) {
            // No such function, or native access is not allowed to us: the JDK's own way says less, but is there.
            return SpaceReader::ofFile;
        }
    }

    /** {@link #orFile}, which is not looked up before it is asked. */
    static Space ask(String mountpoint) throws IOException {
        return Here.READER.read(mountpoint);
    }

    @Override
    public Space read(String mountpoint) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment into = arena.allocate(STRUCT_BYTES, 8);
            if ((int) statvfs.invokeExact(arena.allocateFrom(mountpoint), into) != 0) {
                throw new IOException("statvfs failed: mountpoint=" + mountpoint);
            }
            long fragment = field(into, FRAGMENT);
            if (field(into, BLOCKS) == 0) {
                throw new IOException("no size: mountpoint=" + mountpoint);
            }
            return new Space(
                    field(into, BLOCKS) * fragment,
                    field(into, FREE) * fragment,
                    field(into, AVAILABLE) * fragment,
                    field(into, FILES),
                    field(into, FILES_FREE));
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("BUG: statvfs threw what it cannot", e);
        }
    }

    private static long field(MemorySegment struct, int offset) {
        return struct.get(ValueLayout.JAVA_LONG, offset);
    }
}
