package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.HostColumn;
import java.io.File;
import java.io.IOException;

/** Processes: numeric entries of {@code /proc}. */
final class ProcessCountReader implements Source {
    private final File proc;

    ProcessCountReader(SystemFiles files) {
        proc = files.proc().toFile();
    }

    @Override
    public String name() {
        return "/proc";
    }

    @Override
    public void read(Reading reading) throws IOException {
        String[] entries = proc.list();
        if (entries == null) {
            throw new IOException("cannot be listed: directory=" + proc);
        }
        int count = 0;
        for (String entry : entries) {
            char first = entry.charAt(0);
            if (first >= '1' && first <= '9') {
                count++;
            }
        }
        reading.put(HostColumn.PROCESSES, count);
    }
}
