package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import java.io.IOException;

/** {@code /proc/net/dev}: traffic of every interface but loopback. */
final class NetDevReader implements Source {
    private static final String LOOPBACK = "lo";

    private final ProcFile file;

    NetDevReader(SystemFiles files) {
        file = new ProcFile(files.proc().resolve("net/dev"));
    }

    @Override
    public String name() {
        return "/proc/net/dev";
    }

    @Override
    public void read(Reading reading) throws IOException {
        file.load();
        file.nextLine();
        file.nextLine();
        for (; file.hasMore(); file.nextLine()) {
            file.skipBlanks();
            int length = file.wordLength(':');
            if (length == 0
                    || file.matches(LOOPBACK, length)
                    || reading.interfaces.size() >= InventoryBook.INTERFACES) {
                continue;
            }
            long[] row = reading.interfaces.add(file, length);
            file.skip(length + 1);
            direction(row, InterfaceColumn.RECEIVE_BYTES.wire());
            for (int i = 0; i < 4; i++) {
                file.number();
            }
            direction(row, InterfaceColumn.TRANSMIT_BYTES.wire());
        }
        reading.interfaces.complete();
    }

    /** Bytes, packets, errors, drops: the same order in the file and in the catalogue. */
    private void direction(long[] row, int first) throws IOException {
        for (int i = 0; i < 4; i++) {
            row[first + i] = file.number();
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
