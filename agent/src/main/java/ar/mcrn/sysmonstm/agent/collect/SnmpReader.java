package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.HostColumn;
import java.io.IOException;

/** {@code /proc/net/snmp}: TCP connections established, of both address families (RFC 4022, tcpCurrEstab). */
final class SnmpReader implements Source {
    private static final byte[] TCP = ProcFile.ascii("Tcp: ");
    private static final byte[] ESTABLISHED = ProcFile.ascii("CurrEstab");

    private final ProcFile file;

    SnmpReader(SystemFiles files) {
        file = new ProcFile(files.proc().resolve("net/snmp"));
    }

    @Override
    public String name() {
        return "/proc/net/snmp";
    }

    @Override
    public void read(Reading reading) throws IOException {
        file.load();
        for (; file.hasMore(); file.nextLine()) {
            if (file.skip(TCP)) {
                int column = 0;
                file.skipBlanks();
                while (!file.skip(ESTABLISHED)) {
                    if (file.wordLength('\n') == 0) {
                        throw new IOException("no CurrEstab: file=/proc/net/snmp");
                    }
                    file.skipWord();
                    file.skipBlanks();
                    column++;
                }
                file.nextLine();
                file.skip(TCP);
                for (int i = 0; i < column; i++) {
                    file.skipWord();
                }
                reading.put(HostColumn.TCP_ESTABLISHED, file.number());
                return;
            }
        }
        throw new IOException("no Tcp line: file=/proc/net/snmp");
    }

    @Override
    public void close() {
        file.close();
    }
}
