package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.HostColumn;
import java.io.IOException;
import java.util.Optional;

/** One file of {@code /proc/pressure}: time in which some or all tasks waited, microseconds (kernel 4.20 with PSI). */
final class PressureReader implements Source {
    private static final byte[] SOME = ProcFile.ascii("some ");
    private static final byte[] FULL = ProcFile.ascii("full ");
    private static final byte[] TOTAL = ProcFile.ascii("total=");

    private final String resource;
    private final HostColumn some;
    private final Optional<HostColumn> full;
    private final ProcFile file;

    private PressureReader(SystemFiles files, String resource, HostColumn some, Optional<HostColumn> full) {
        this.resource = resource;
        this.some = some;
        this.full = full;
        file = new ProcFile(files.proc().resolve("pressure").resolve(resource));
    }

    /** The machine as a whole cannot stall on the processor in full: that line is a constant 0. */
    static PressureReader ofCpu(SystemFiles files) {
        return new PressureReader(files, "cpu", HostColumn.PRESSURE_CPU_SOME, Optional.empty());
    }

    static PressureReader ofMemory(SystemFiles files) {
        return new PressureReader(
                files, "memory", HostColumn.PRESSURE_MEMORY_SOME, Optional.of(HostColumn.PRESSURE_MEMORY_FULL));
    }

    static PressureReader ofIo(SystemFiles files) {
        return new PressureReader(files, "io", HostColumn.PRESSURE_IO_SOME, Optional.of(HostColumn.PRESSURE_IO_FULL));
    }

    @Override
    public String name() {
        return "/proc/pressure/" + resource;
    }

    @Override
    public void read(Reading reading) throws IOException {
        file.load();
        for (; file.hasMore(); file.nextLine()) {
            if (file.skip(SOME)) {
                reading.put(some, total());
            } else if (full.isPresent() && file.skip(FULL)) {
                reading.put(full.get(), total());
            }
        }
    }

    private long total() throws IOException {
        for (int word = 0; word < 4; word++) {
            file.skipBlanks();
            if (file.skip(TOTAL)) {
                return file.number();
            }
            file.skipWord();
        }
        throw new IOException("no total: file=" + name());
    }

    @Override
    public void close() {
        file.close();
    }
}
