package ar.mcrn.sysmonstm.agent.collect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A {@code /proc} and {@code /sys} of a test's own, filled with what a machine of 8 cores, 3 disks and 2 interfaces says. */
final class ProcTree {
    final Path root;

    ProcTree(Path root) {
        this.root = root;
    }

    SystemFiles files() {
        return new SystemFiles(root.resolve("proc"), root.resolve("sys"), root.resolve("etc"));
    }

    void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    void remove(String file) throws IOException {
        Files.delete(root.resolve(file));
    }

    /** Everything, as it stands after {@code seconds} of busy life. */
    ProcTree fill(long seconds) throws IOException {
        StringBuilder stat = new StringBuilder(
                "cpu  " + 800 * seconds / 4 + " 0 " + 800 * seconds / 4 + " " + 800 * seconds / 2 + " 0 0 0 0 0 0\n");
        for (int core = 0; core < 8; core++) {
            stat.append("cpu")
                    .append(core)
                    .append(' ')
                    .append(25 * seconds)
                    .append(" 0 ")
                    .append(25 * seconds)
                    .append(' ')
                    .append(50 * seconds)
                    .append(" 0 0 0 0 0 0\n");
        }
        write(
                "proc/stat",
                stat + "intr " + 123_456 * seconds + " 0 0 311 1\nctxt " + 98_765 * seconds
                        + "\nbtime 1763688000\nprocesses " + 31 * seconds
                        + "\nprocs_running 3\nprocs_blocked 1\nsoftirq 1 2 3\n");
        write("proc/meminfo", """
                MemTotal:       32684096 kB
                MemFree:         4039488 kB
                MemAvailable:   24513072 kB
                Buffers:          507844 kB
                Cached:         19426216 kB
                SwapCached:            0 kB
                SwapTotal:       8000000 kB
                SwapFree:        6000000 kB
                Shmem:            118788 kB
                Slab:            1127508 kB
                SReclaimable:     903152 kB
                """);
        write(
                "proc/vmstat",
                "nr_free_pages 1\npswpin " + 2 * seconds + "\npswpout " + 3 * seconds + "\npgfault " + 10_000 * seconds
                        + "\npgmajfault " + 5 * seconds + "\n");
        write("proc/loadavg", "1.08 0.5 12.11 3/1492 11055\n");
        write("proc/uptime", 100_000 + seconds + ".07 2921.01\n");
        StringBuilder disks = new StringBuilder("   7       0 loop0 5 0 9 0 0 0 0 0 0 0 0\n");
        for (String disk : new String[] {"nvme0n1", "sda", "sdb"}) {
            disks.append("   8       0 ")
                    .append(disk)
                    .append(String.format(
                            " %d 11560 %d %d %d 15385 %d %d 2 %d 27666 11467 3 587432 558 4089 59%n",
                            120 * seconds,
                            4_000 * seconds,
                            300 * seconds,
                            88 * seconds,
                            3_000 * seconds,
                            410 * seconds,
                            250 * seconds));
            write("sys/block/" + disk + "/size", "536870912\n");
            write("sys/block/" + disk + "/device/model", "Fast Disk 9000   \n");
        }
        write(
                "proc/diskstats",
                disks + "   8       1 sda1 1 1 1 1 1 1 1 1 0 1 1\n 253       0 dm-0 1 1 1 1 1 1 1 1 0 1 1\n");
        StringBuilder net = new StringBuilder("""
                Inter-|   Receive                                                |  Transmit
                 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                    lo:    3193      29    0    0    0     0          0         0     3193      29    0    0    0     0       0          0
                """);
        for (String link : new String[] {"  eth0", "wlan0"}) {
            net.append(link)
                    .append(String.format(
                            ":%d %d 0 %d 0 0 0 0 %d %d 0 0 0 0 0 0%n",
                            1_250_000 * seconds, 950 * seconds, seconds, 864_548 * seconds, 876 * seconds));
        }
        write("proc/net/dev", net.toString());
        write("sys/class/net/eth0/speed", "1000\n");
        write("sys/class/net/wlan0/speed", "-1\n");
        write("proc/net/snmp", """
                Ip: Forwarding DefaultTTL
                Ip: 1 64
                Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs
                Tcp: 1 200 120000 -1 47 2 0 0 77 13276
                """);
        write("proc/net/sockstat", """
                sockets: used 15
                TCP: inuse 1 orphan 4 tw 55 alloc 99 mem 0
                UDP: inuse 0 mem 0
                """);
        for (String resource : new String[] {"cpu", "memory", "io"}) {
            write(
                    "proc/pressure/" + resource,
                    "some avg10=0.00 avg60=0.86 avg300=2.27 total=" + 30_000 * seconds
                            + "\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=" + 20_000 * seconds + "\n");
        }
        write("proc/mounts", """
                proc /proc proc rw,relatime 0 0
                /dev/nvme0n1p1 / ext4 rw,relatime 0 0
                tmpfs /dev/shm tmpfs rw 0 0
                /dev/sda1 /data\\040one xfs rw 0 0
                /dev/sda1 /srv/mirror/of/data xfs rw 0 0
                overlay /var/lib/docker/overlay2/abc/merged overlay rw 0 0
                nas:/export /mnt/nas nfs4 rw 0 0
                """);
        for (int pid : new int[] {1, 17, 4711}) {
            write(
                    "proc/" + pid + "/stat",
                    pid + " (p" + pid + ") S 1 1 1 0 -1 4194560 9 0 0 0 " + pid * seconds
                            + " 0 0 0 20 0 2 0 55 1000 500 1 1\n");
        }
        return this;
    }
}
