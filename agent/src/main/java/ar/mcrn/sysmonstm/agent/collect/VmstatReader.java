package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.HostColumn;
import java.io.IOException;

/** {@code /proc/vmstat}: pages swapped and page faults. */
final class VmstatReader implements Source {
    private static final byte[] SWAP_IN = ProcFile.ascii("pswpin ");
    private static final byte[] SWAP_OUT = ProcFile.ascii("pswpout ");
    private static final byte[] FAULTS = ProcFile.ascii("pgfault ");
    private static final byte[] MAJOR = ProcFile.ascii("pgmajfault ");

    private final ProcFile file;

    VmstatReader(SystemFiles files) {
        file = new ProcFile(files.proc().resolve("vmstat"));
    }

    @Override
    public String name() {
        return "/proc/vmstat";
    }

    @Override
    public void read(Reading reading) throws IOException {
        file.load();
        long faults = -1;
        long major = -1;
        for (; file.hasMore() && (faults < 0 || major < 0); file.nextLine()) {
            if (file.skip(SWAP_IN)) {
                reading.put(HostColumn.SWAP_IN, file.number());
            } else if (file.skip(SWAP_OUT)) {
                reading.put(HostColumn.SWAP_OUT, file.number());
            } else if (file.skip(FAULTS)) {
                faults = file.number();
            } else if (file.skip(MAJOR)) {
                major = file.number();
            }
        }
        if (faults < 0 || major < 0) {
            throw new IOException("no pgfault or pgmajfault line: file=/proc/vmstat");
        }
        reading.put(HostColumn.FAULTS_MAJOR, major);
        reading.put(HostColumn.FAULTS_MINOR, Math.max(0, faults - major));
    }

    @Override
    public void close() {
        file.close();
    }
}
