package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.HostColumn;
import java.io.IOException;

/** {@code /proc/net/sockstat}: TCP sockets orphaned, in time-wait and allocated, of both address families. */
final class SockstatReader implements Source {
    private static final byte[] TCP = ProcFile.ascii("TCP:");
    private static final byte[] ORPHANED = ProcFile.ascii("orphan ");
    private static final byte[] TIME_WAIT = ProcFile.ascii("tw ");
    private static final byte[] ALLOCATED = ProcFile.ascii("alloc ");

    private final ProcFile file;

    SockstatReader(SystemFiles files) {
        file = new ProcFile(files.proc().resolve("net/sockstat"));
    }

    @Override
    public String name() {
        return "/proc/net/sockstat";
    }

    @Override
    public void read(Reading reading) throws IOException {
        file.load();
        for (; file.hasMore(); file.nextLine()) {
            if (file.skip(TCP)) {
                pairs(reading);
                return;
            }
        }
        throw new IOException("no TCP line: file=/proc/net/sockstat");
    }

    private void pairs(Reading reading) throws IOException {
        for (file.skipBlanks(); file.wordLength('\n') > 0; file.skipBlanks()) {
            if (file.skip(ORPHANED)) {
                reading.put(HostColumn.TCP_ORPHANED, file.number());
            } else if (file.skip(TIME_WAIT)) {
                reading.put(HostColumn.TCP_TIME_WAIT, file.number());
            } else if (file.skip(ALLOCATED)) {
                reading.put(HostColumn.TCP_ALLOCATED, file.number());
            } else {
                file.skipWord();
            }
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
