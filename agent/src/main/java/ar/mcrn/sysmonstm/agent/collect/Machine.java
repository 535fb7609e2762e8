package ar.mcrn.sysmonstm.agent.collect;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import oshi.SystemInfo;
import oshi.util.GlobalConfig;

/**
 * How a machine is read: on Linux each file of the kernel's by a reader of its own, without OSHI; elsewhere OSHI for all.
 *
 * @param sources read every tick
 * @param facts what does not change
 * @param deviceFacts says more of devices
 * @param disks what is known of disks here
 * @param interfaces what is known of interfaces here
 * @param mounts which file systems there are
 * @param spaces how full they are
 * @param processes shows every process
 * @param ticksPerSecond unit of their CPU times
 * @param sys where the kernel shows temperatures
 */
public record Machine(
        List<Source> sources,
        MachineFacts facts,
        DeviceFacts deviceFacts,
        DeviceKind disks,
        DeviceKind interfaces,
        MountLister mounts,
        SpaceReader spaces,
        ProcessLister processes,
        int ticksPerSecond,
        Path sys) {
    private static final int OSHI_KEEPS_MILLIS = 100;

    /** Time of boot, Unix milliseconds; 0 = not known. */
    public long bootMillis() {
        return facts.bootMillis();
    }

    /** The machine this process runs on. */
    public static Machine ofThisProcess() {
        return ofHost(Path.of("/"));
    }

    /** The machine whose root is mounted here: {@code /}, or in a container where the host's was put. */
    public static Machine ofHost(Path root) {
        if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")) {
            return ofOshi();
        }
        if (root.equals(root.getRoot())) {
            SystemFiles files = SystemFiles.ofThisMachine();
            return ofLinux(files, new ProcMounts(files), StatVfs::ask);
        }
        // The host's own list of mounts is only for who may look into its first process: what is below its root here is
        // the same.
        return ofLinux(
                SystemFiles.under(root),
                new ProcMounts(Path.of("/proc/mounts"), root.toString()),
                mountpoint -> StatVfs.ask(root + mountpoint));
    }

    private static Machine ofLinux(SystemFiles files, MountLister mounts, SpaceReader spaces) {
        return new Machine(
                linuxSources(files),
                LinuxFacts.read(files),
                new SysDeviceFacts(files),
                DeviceKind.DISK,
                DeviceKind.INTERFACE,
                mounts,
                spaces,
                ProcProcesses.of(files),
                ProcProcesses.AuxiliaryVector.of(files).ticksPerSecond(),
                files.sys());
    }

    /** This machine by OSHI alone. Takes some tenths of a second. */
    public static Machine ofOshi() {
        // OSHI keeps figures for 300 ms by default, which at short intervals shows the last tick's once more.
        GlobalConfig.set(GlobalConfig.OSHI_UTIL_MEMOIZER_EXPIRATION, OSHI_KEEPS_MILLIS);
        SystemInfo info = new SystemInfo();
        OshiSource oshi = new OshiSource(info.getOperatingSystem(), info.getHardware());
        return new Machine(
                oshi.sources(),
                MachineFacts.of(info.getOperatingSystem(), info.getHardware()),
                oshi,
                DeviceKind.DISK.without(OshiSource.NO_DISK_COLUMNS),
                DeviceKind.INTERFACE.without(OshiSource.NO_INTERFACE_COLUMNS),
                oshi::mounts,
                SpaceReader::ofFile,
                oshi::processList,
                OshiSource.TICKS_PER_SECOND,
                SystemFiles.ofThisMachine().sys());
    }

    static List<Source> linuxSources(SystemFiles files) {
        return new ArrayList<>(List.of(
                new StatReader(files),
                new MeminfoReader(files),
                new VmstatReader(files),
                new LoadavgReader(files),
                new UptimeReader(files),
                new DiskstatsReader(files),
                new NetDevReader(files),
                PressureReader.ofCpu(files),
                PressureReader.ofMemory(files),
                PressureReader.ofIo(files),
                new SnmpReader(files),
                new SockstatReader(files),
                new ProcessCountReader(files)));
    }
}
