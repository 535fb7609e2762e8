package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.HostColumn;
import java.io.IOException;

/** {@code /proc/uptime}: time since boot, in which, unlike in the monotonic clock, time asleep counts. */
final class UptimeReader implements Source {
    private final ProcFile file;

    UptimeReader(SystemFiles files) {
        file = new ProcFile(files.proc().resolve("uptime"));
    }

    @Override
    public String name() {
        return "/proc/uptime";
    }

    @Override
    public void read(Reading reading) throws IOException {
        file.load();
        long hundredths = file.hundredths();
        reading.put(HostColumn.UPTIME, hundredths / 100);
        reading.uptimeMillis = hundredths * 10;
    }

    @Override
    public void close() {
        file.close();
    }
}
