package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.HostColumn;
import java.io.IOException;

/** {@code /proc/loadavg}: load averages, and threads (the second figure of the fourth field). */
final class LoadavgReader implements Source {
    private final ProcFile file;

    LoadavgReader(SystemFiles files) {
        file = new ProcFile(files.proc().resolve("loadavg"));
    }

    @Override
    public String name() {
        return "/proc/loadavg";
    }

    @Override
    public void read(Reading reading) throws IOException {
        file.load();
        reading.put(HostColumn.LOAD_1M, file.hundredths());
        reading.put(HostColumn.LOAD_5M, file.hundredths());
        reading.put(HostColumn.LOAD_15M, file.hundredths());
        file.number();
        file.skipCharacter();
        reading.put(HostColumn.THREADS, file.number());
    }

    @Override
    public void close() {
        file.close();
    }
}
