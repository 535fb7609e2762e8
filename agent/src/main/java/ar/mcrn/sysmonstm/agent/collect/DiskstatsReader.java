package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * {@code /proc/diskstats}: whole disks only. Partitions, and devices that only pass on to others or to memory (device mapper,
 * md, loop, ram), would count the same I/O twice. Sectors there are 512 bytes whatever the disk's own are (kernel,
 * Documentation/admin-guide/iostats.rst).
 */
final class DiskstatsReader implements Source {
    private static final int SECTOR_BYTES = 512;
    private static final Pattern VIRTUAL = Pattern.compile("(loop|ram|zram|dm-|md|sr|fd).*");
    /** Names of whole disks where {@code /sys/block} cannot be asked. */
    private static final Pattern WHOLE =
            Pattern.compile("([hsv]d|xvd)[a-z]+|nvme\\d+n\\d+|mmcblk\\d+|nbd\\d+|pmem\\d+|dasd[a-z]+");
    /** Disks come and go; partitions of long uptimes must not fill the memory. */
    private static final int KNOWN_LIMIT = 4 * Limits.SERIES;

    private final ProcFile file;
    private final Path block;
    private final Map<String, Boolean> known = new HashMap<>();
    private final DeviceTable all = new DeviceTable(1);

    DiskstatsReader(SystemFiles files) {
        file = new ProcFile(files.proc().resolve("diskstats"));
        block = files.sys().resolve("block");
    }

    @Override
    public String name() {
        return "/proc/diskstats";
    }

    @Override
    public void read(Reading reading) throws IOException {
        file.load();
        all.clear();
        for (; file.hasMore(); file.nextLine()) {
            file.number();
            file.number();
            file.skipBlanks();
            int length = file.wordLength('\n');
            // The table keeps the names of the last reading, so that known ones need no new string.
            all.add(file, length);
            String name = all.name(all.size() - 1);
            if (reading.disks.size() < InventoryBook.DISKS && isWholeDisk(name)) {
                long[] row = reading.disks.add(name);
                file.skip(length);
                disk(row);
            }
        }
        reading.disks.complete();
    }

    private void disk(long[] row) throws IOException {
        row[DiskColumn.READS.wire()] = file.number();
        file.number();
        row[DiskColumn.READ_BYTES.wire()] = file.number() * SECTOR_BYTES;
        row[DiskColumn.READ_MILLIS.wire()] = file.number();
        row[DiskColumn.WRITES.wire()] = file.number();
        file.number();
        row[DiskColumn.WRITE_BYTES.wire()] = file.number() * SECTOR_BYTES;
        row[DiskColumn.WRITE_MILLIS.wire()] = file.number();
        row[DiskColumn.PENDING.wire()] = file.number();
        row[DiskColumn.BUSY_MILLIS.wire()] = file.number();
    }

    private boolean isWholeDisk(String name) {
        Boolean answer = known.get(name);
        if (answer == null) {
            if (known.size() >= KNOWN_LIMIT) {
                known.clear();
            }
            answer = !VIRTUAL.matcher(name).matches()
                    && (Files.isDirectory(block)
                            ? Files.exists(block.resolve(name.replace('/', '!')))
                            : WHOLE.matcher(name).matches());
            known.put(name, answer);
        }
        return answer;
    }

    @Override
    public void close() {
        file.close();
    }
}
