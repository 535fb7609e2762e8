package ar.mcrn.sysmonstm.agent.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcReadersTest {
    @TempDir
    Path root;

    private ProcTree tree;
    private final Reading reading = new Reading();

    @BeforeEach
    void fill() throws IOException {
        tree = new ProcTree(root).fill(100);
        reading.clear(1);
    }

    private void readAll() throws IOException {
        for (Source source : Machine.linuxSources(tree.files())) {
            try (source) {
                source.read(reading);
            }
        }
    }

    @Test
    void readsEveryColumnThatTheFilesHold() throws IOException {
        readAll();
        Map<HostColumn, Long> expected = Map.ofEntries(
                Map.entry(HostColumn.LOAD_1M, 108L),
                Map.entry(HostColumn.LOAD_5M, 50L),
                Map.entry(HostColumn.LOAD_15M, 1_211L),
                Map.entry(HostColumn.THREADS, 1_492L),
                Map.entry(HostColumn.INTERRUPTS, 12_345_600L),
                Map.entry(HostColumn.CONTEXT_SWITCHES, 9_876_500L),
                Map.entry(HostColumn.PROCESSES_CREATED, 3_100L),
                Map.entry(HostColumn.PROCESSES_RUNNING, 3L),
                Map.entry(HostColumn.PROCESSES_BLOCKED, 1L),
                Map.entry(HostColumn.PROCESSES, 3L),
                Map.entry(HostColumn.MEMORY_LIMIT, 32_684_096L),
                Map.entry(HostColumn.MEMORY_USED, 8_171_024L),
                Map.entry(HostColumn.MEMORY_UTILIZATION, 2_500L),
                Map.entry(HostColumn.MEMORY_CACHED, 19_426_216L),
                Map.entry(HostColumn.MEMORY_SHARED, 118_788L),
                Map.entry(HostColumn.MEMORY_SLAB, 1_127_508L),
                Map.entry(HostColumn.SWAP_LIMIT, 8_000_000L),
                Map.entry(HostColumn.SWAP_USED, 2_000_000L),
                Map.entry(HostColumn.SWAP_UTILIZATION, 2_500L),
                Map.entry(HostColumn.SWAP_IN, 200L),
                Map.entry(HostColumn.SWAP_OUT, 300L),
                Map.entry(HostColumn.FAULTS_MAJOR, 500L),
                Map.entry(HostColumn.FAULTS_MINOR, 999_500L),
                Map.entry(HostColumn.PRESSURE_CPU_SOME, 3_000_000L),
                Map.entry(HostColumn.PRESSURE_MEMORY_FULL, 2_000_000L),
                Map.entry(HostColumn.PRESSURE_IO_SOME, 3_000_000L),
                Map.entry(HostColumn.TCP_ESTABLISHED, 77L),
                Map.entry(HostColumn.TCP_ORPHANED, 4L),
                Map.entry(HostColumn.TCP_TIME_WAIT, 55L),
                Map.entry(HostColumn.TCP_ALLOCATED, 99L),
                Map.entry(HostColumn.UPTIME, 100_100L));
        expected.forEach((column, value) -> {
            assertThat(reading.has(column)).as(column.name()).isTrue();
            assertThat(reading.get(column)).as(column.name()).isEqualTo(value);
        });
        assertThat(reading.uptimeMillis).isEqualTo(100_100_070);
        assertThat(reading.cores).isEqualTo(8);
        assertThat(reading.modes[Reading.IDLE]).isEqualTo(40_000);
    }

    @Test
    void readsWholePhysicalDisksOnly() throws IOException {
        readAll();
        assertThat(reading.disks.names()).containsExactly("nvme0n1", "sda", "sdb");
        long[] row = reading.disks.row(0);
        assertThat(row[DiskColumn.READS.wire()]).isEqualTo(12_000);
        assertThat(row[DiskColumn.READ_BYTES.wire()]).isEqualTo(400_000L * 512);
        assertThat(row[DiskColumn.WRITE_BYTES.wire()]).isEqualTo(300_000L * 512);
        assertThat(row[DiskColumn.BUSY_MILLIS.wire()]).isEqualTo(25_000);
        assertThat(row[DiskColumn.PENDING.wire()]).isEqualTo(2);
    }

    @Test
    void tellsWholeDisksByTheirNamesWhereSysCannotBeAsked() throws IOException {
        SystemFiles files = new SystemFiles(root.resolve("proc"), root.resolve("none"), root.resolve("none"));
        try (DiskstatsReader reader = new DiskstatsReader(files)) {
            reader.read(reading);
        }
        assertThat(reading.disks.names()).containsExactly("nvme0n1", "sda", "sdb");
    }

    @Test
    void readsInterfacesWithoutLoopback() throws IOException {
        readAll();
        assertThat(reading.interfaces.names()).containsExactly("eth0", "wlan0");
        long[] row = reading.interfaces.row(1);
        assertThat(row[InterfaceColumn.RECEIVE_BYTES.wire()]).isEqualTo(125_000_000);
        assertThat(row[InterfaceColumn.RECEIVE_DROPPED.wire()]).isEqualTo(100);
        assertThat(row[InterfaceColumn.TRANSMIT_BYTES.wire()]).isEqualTo(86_454_800);
        assertThat(row[InterfaceColumn.TRANSMIT_PACKETS.wire()]).isEqualTo(87_600);
    }

    @Test
    void readsAFileLargerThanItsBufferAndOneThatComesBack() throws IOException {
        try (StatReader reader = new StatReader(tree.files())) {
            tree.write("proc/stat", "cpu  1 0 1 2 0 0 0 0\nintr 5" + " 0".repeat(20_000) + "\nctxt 77\n");
            reader.read(reading);
            assertThat(reading.get(HostColumn.CONTEXT_SWITCHES)).isEqualTo(77);
            tree.write("proc/stat", "nothing\n");
            assertThatThrownBy(() -> reader.read(cleared())).hasMessageContaining("/proc/stat");
            tree.write("proc/stat", "cpu  1 0 1 2\nctxt 78\n");
            reader.read(cleared());
            assertThat(reading.get(HostColumn.CONTEXT_SWITCHES)).isEqualTo(78);
        }
    }

    private Reading cleared() {
        reading.clear(2);
        return reading;
    }

    @Test
    void leavesSwapUtilizationAbsentWithoutSwap() throws IOException {
        tree.write("proc/meminfo", "MemTotal: 100 kB\nMemAvailable: 40 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n");
        try (MeminfoReader reader = new MeminfoReader(tree.files())) {
            reader.read(reading);
        }
        assertThat(reading.has(HostColumn.SWAP_UTILIZATION)).isFalse();
        assertThat(reading.get(HostColumn.SWAP_USED)).isZero();
        assertThat(reading.has(HostColumn.MEMORY_BUFFERS)).isFalse();
        assertThat(reading.get(HostColumn.MEMORY_UTILIZATION)).isEqualTo(6_000);
    }

    @Test
    void survivesJunkInEveryFile() throws IOException {
        String[] files = {
            "stat",
            "meminfo",
            "vmstat",
            "loadavg",
            "uptime",
            "diskstats",
            "net/dev",
            "net/snmp",
            "net/sockstat",
            "pressure/cpu",
            "pressure/memory",
            "pressure/io"
        };
        Random random = new Random(42);
        for (int round = 0; round < 40; round++) {
            for (String file : files) {
                StringBuilder junk = new StringBuilder();
                int length = random.nextInt(200);
                for (int i = 0; i < length; i++) {
                    junk.append(" \n:.cpu0some total=TCP Tcp: 123-".charAt(random.nextInt(31)));
                }
                tree.write("proc/" + file, junk.toString());
            }
            reading.clear(round);
            for (Source source : Machine.linuxSources(tree.files())) {
                try (source) {
                    new GuardedSource(source).read(reading);
                }
            }
        }
    }
}
