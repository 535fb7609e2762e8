package ar.mcrn.sysmonstm.agent.collect;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import oshi.SystemInfo;
import oshi.util.GlobalConfig;

/**
 * How a machine is read: on Linux each file of {@code /proc} by a reader of its own and OSHI for what does not change; elsewhere
 * OSHI for all.
 *
 * @param sources read every tick
 * @param facts what does not change
 * @param deviceFacts says more of devices
 * @param disks what is known of disks here
 * @param interfaces what is known of interfaces here
 * @param mounts which file systems there are
 * @param spaces how full they are
 */
public record Machine(
        List<Source> sources,
        MachineFacts facts,
        DeviceFacts deviceFacts,
        DeviceKind disks,
        DeviceKind interfaces,
        MountLister mounts,
        SpaceReader spaces) {
    private static final int OSHI_KEEPS_MILLIS = 100;

    static {
        // OSHI keeps figures for 300 ms by default, which at short intervals shows the last tick's once more.
        GlobalConfig.set(GlobalConfig.OSHI_UTIL_MEMOIZER_EXPIRATION, OSHI_KEEPS_MILLIS);
    }

    /** Time of boot, Unix milliseconds; 0 = not known. */
    public long bootMillis() {
        return facts.bootMillis();
    }

    /** The machine this process runs on. Takes some tenths of a second. */
    public static Machine ofThisProcess() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")
                ? ofLinux(SystemFiles.ofThisMachine())
                : ofOshi();
    }

    /** A machine with {@code /proc}; facts are those of this process's machine. */
    public static Machine ofLinux(SystemFiles files) {
        oshi.nativefree.SystemInfo info = new oshi.nativefree.SystemInfo();
        return new Machine(
                linuxSources(files),
                MachineFacts.of(info.getOperatingSystem(), info.getHardware()),
                new SysDeviceFacts(files),
                DeviceKind.DISK,
                DeviceKind.INTERFACE,
                new ProcMounts(files),
                StatVfs.orFile());
    }

    /** This machine by OSHI alone. */
    public static Machine ofOshi() {
        SystemInfo info = new SystemInfo();
        OshiSource oshi = new OshiSource(info.getOperatingSystem(), info.getHardware());
        return new Machine(
                oshi.sources(),
                MachineFacts.of(info.getOperatingSystem(), info.getHardware()),
                oshi,
                DeviceKind.DISK.without(OshiSource.NO_DISK_COLUMNS),
                DeviceKind.INTERFACE.without(OshiSource.NO_INTERFACE_COLUMNS),
                oshi::mounts,
                SpaceReader::ofFile);
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
