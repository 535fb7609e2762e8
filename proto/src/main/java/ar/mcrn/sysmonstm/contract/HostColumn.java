package ar.mcrn.sysmonstm.contract;

import java.util.List;
import java.util.Locale;

/**
 * What is said of a machine as a whole: the typed columns of {@code host_sample}, one value each per sample.
 */
public enum HostColumn implements Column {
    /** Share of all processor time that was neither idle nor iowait; basis points. /proc/stat. */
    CPU_TOTAL(0, "system.cpu.utilization", "", Kind.GAUGE, 1e-4, "1", 10_000),
    /** Share of processor time in mode user; basis points. /proc/stat. */
    CPU_USER(1, "system.cpu.utilization", "mode=user", Kind.GAUGE, 1e-4, "1", 10_000),
    /** Share of processor time in mode nice; basis points. /proc/stat. */
    CPU_NICE(2, "system.cpu.utilization", "mode=nice", Kind.GAUGE, 1e-4, "1", 10_000),
    /** Share of processor time in mode system; basis points. /proc/stat. */
    CPU_SYSTEM(3, "system.cpu.utilization", "mode=system", Kind.GAUGE, 1e-4, "1", 10_000),
    /** Share of processor time in mode idle; basis points. /proc/stat. */
    CPU_IDLE(4, "system.cpu.utilization", "mode=idle", Kind.GAUGE, 1e-4, "1", 10_000),
    /** Share of processor time in mode iowait; basis points. /proc/stat. */
    CPU_IOWAIT(5, "system.cpu.utilization", "mode=iowait", Kind.GAUGE, 1e-4, "1", 10_000),
    /** Share of processor time in mode interrupt; basis points. /proc/stat. irq and softirq together. */
    CPU_INTERRUPT(6, "system.cpu.utilization", "mode=interrupt", Kind.GAUGE, 1e-4, "1", 10_000),
    /** Share of processor time in mode steal; basis points. /proc/stat. */
    CPU_STEAL(7, "system.cpu.utilization", "mode=steal", Kind.GAUGE, 1e-4, "1", 10_000),
    /** Load average of 1 min, times 100. /proc/loadavg. */
    LOAD_1M(8, "system.cpu.load_average.1m", "", Kind.GAUGE, 0.01, "1", 100_000_000),
    /** Load average of 5 min, times 100. /proc/loadavg. */
    LOAD_5M(9, "system.cpu.load_average.5m", "", Kind.GAUGE, 0.01, "1", 100_000_000),
    /** Load average of 15 min, times 100. /proc/loadavg. */
    LOAD_15M(10, "system.cpu.load_average.15m", "", Kind.GAUGE, 0.01, "1", 100_000_000),
    /** Context switches; ours. /proc/stat ctxt. */
    CONTEXT_SWITCHES(11, "system.cpu.context_switches", "", Kind.DELTA, 1, "{switch}/s", Limits.COUNT),
    /** Interrupts served; ours. /proc/stat intr. */
    INTERRUPTS(12, "system.cpu.interrupts", "", Kind.DELTA, 1, "{interrupt}/s", Limits.COUNT),
    /** Physical memory, KiB. /proc/meminfo MemTotal. */
    MEMORY_LIMIT(13, "system.memory.limit", "", Kind.GAUGE, 1024, "By", Limits.KIBIBYTES),
    /** Memory in use: limit less available, KiB. */
    MEMORY_USED(14, "system.memory.usage", "state=used", Kind.GAUGE, 1024, "By", Limits.KIBIBYTES),
    /** Memory in no use, KiB. MemFree. */
    MEMORY_FREE(15, "system.memory.usage", "state=free", Kind.GAUGE, 1024, "By", Limits.KIBIBYTES),
    /** Block-device buffers, KiB. Buffers. */
    MEMORY_BUFFERS(16, "system.memory.usage", "state=buffers", Kind.GAUGE, 1024, "By", Limits.KIBIBYTES),
    /** Page cache, KiB. Cached. */
    MEMORY_CACHED(17, "system.memory.usage", "state=cached", Kind.GAUGE, 1024, "By", Limits.KIBIBYTES),
    /** Shared memory and tmpfs, KiB. Shmem. */
    MEMORY_SHARED(18, "system.memory.usage", "state=shared", Kind.GAUGE, 1024, "By", Limits.KIBIBYTES),
    /** Memory that can be had without swapping, KiB. MemAvailable. */
    MEMORY_AVAILABLE(19, "system.memory.linux.available", "", Kind.GAUGE, 1024, "By", Limits.KIBIBYTES),
    /** Kernel slab, KiB. Slab. */
    MEMORY_SLAB(20, "system.memory.linux.slab.usage", "", Kind.GAUGE, 1024, "By", Limits.KIBIBYTES),
    /** Share of memory in use; basis points. */
    MEMORY_UTILIZATION(21, "system.memory.utilization", "", Kind.GAUGE, 1e-4, "1", 10_000),
    /** Swap space, KiB; ours. SwapTotal. */
    SWAP_LIMIT(22, "system.paging.limit", "", Kind.GAUGE, 1024, "By", Limits.KIBIBYTES),
    /** Swap in use, KiB. SwapTotal less SwapFree. */
    SWAP_USED(23, "system.paging.usage", "state=used", Kind.GAUGE, 1024, "By", Limits.KIBIBYTES),
    /** Share of swap in use; basis points; absent without swap. */
    SWAP_UTILIZATION(24, "system.paging.utilization", "state=used", Kind.GAUGE, 1e-4, "1", 10_000),
    /** Pages swapped in. /proc/vmstat pswpin. */
    SWAP_IN(25, "system.paging.operations", "direction=in", Kind.DELTA, 1, "{operation}/s", Limits.COUNT),
    /** Pages swapped out. /proc/vmstat pswpout. */
    SWAP_OUT(26, "system.paging.operations", "direction=out", Kind.DELTA, 1, "{operation}/s", Limits.COUNT),
    /** Page faults that needed I/O. /proc/vmstat pgmajfault. */
    FAULTS_MAJOR(27, "system.paging.faults", "type=major", Kind.DELTA, 1, "{fault}/s", Limits.COUNT),
    /** Page faults that needed none. /proc/vmstat pgfault less pgmajfault. */
    FAULTS_MINOR(28, "system.paging.faults", "type=minor", Kind.DELTA, 1, "{fault}/s", Limits.COUNT),
    /** Time in which some tasks waited for cpu, microseconds; ours. /proc/pressure/cpu. */
    PRESSURE_CPU_SOME(29, "system.linux.pressure", "resource=cpu,stall=some", Kind.DELTA, 1e-6, "1", Limits.COUNT),
    /** Time in which some tasks waited for memory, microseconds; ours. /proc/pressure/memory. */
    PRESSURE_MEMORY_SOME(
            30, "system.linux.pressure", "resource=memory,stall=some", Kind.DELTA, 1e-6, "1", Limits.COUNT),
    /** Time in which all tasks waited for memory, microseconds; ours. /proc/pressure/memory. */
    PRESSURE_MEMORY_FULL(
            31, "system.linux.pressure", "resource=memory,stall=full", Kind.DELTA, 1e-6, "1", Limits.COUNT),
    /** Time in which some tasks waited for io, microseconds; ours. /proc/pressure/io. */
    PRESSURE_IO_SOME(32, "system.linux.pressure", "resource=io,stall=some", Kind.DELTA, 1e-6, "1", Limits.COUNT),
    /** Time in which all tasks waited for io, microseconds; ours. /proc/pressure/io. */
    PRESSURE_IO_FULL(33, "system.linux.pressure", "resource=io,stall=full", Kind.DELTA, 1e-6, "1", Limits.COUNT),
    /** Bytes read from all physical disks. */
    DISK_READ_BYTES(34, "system.disk.io", "direction=read", Kind.DELTA, 1, "By/s", Limits.COUNTER),
    /** Bytes written to all physical disks. */
    DISK_WRITE_BYTES(35, "system.disk.io", "direction=write", Kind.DELTA, 1, "By/s", Limits.COUNTER),
    /** Reads from all physical disks. */
    DISK_READS(36, "system.disk.operations", "direction=read", Kind.DELTA, 1, "{operation}/s", Limits.COUNT),
    /** Writes to all physical disks. */
    DISK_WRITES(37, "system.disk.operations", "direction=write", Kind.DELTA, 1, "{operation}/s", Limits.COUNT),
    /** Busy share of the busiest disk; basis points; ours. */
    DISK_BUSIEST(38, "system.disk.utilization.max", "", Kind.GAUGE, 1e-4, "1", 10_000),
    /** Bytes received on all interfaces but loopback. */
    NETWORK_RECEIVE_BYTES(39, "system.network.io", "direction=receive", Kind.DELTA, 1, "By/s", Limits.COUNTER),
    /** Bytes sent on all interfaces but loopback. */
    NETWORK_TRANSMIT_BYTES(40, "system.network.io", "direction=transmit", Kind.DELTA, 1, "By/s", Limits.COUNTER),
    /** Packets received on all interfaces but loopback. */
    NETWORK_RECEIVE_PACKETS(
            41, "system.network.packet.count", "direction=receive", Kind.DELTA, 1, "{packet}/s", Limits.COUNT),
    /** Packets sent on all interfaces but loopback. */
    NETWORK_TRANSMIT_PACKETS(
            42, "system.network.packet.count", "direction=transmit", Kind.DELTA, 1, "{packet}/s", Limits.COUNT),
    /** Errors of all interfaces, both directions. */
    NETWORK_ERRORS(43, "system.network.errors", "", Kind.DELTA, 1, "{error}/s", Limits.COUNT),
    /** Packets dropped by all interfaces, both directions. */
    NETWORK_DROPPED(44, "system.network.packet.dropped", "", Kind.DELTA, 1, "{packet}/s", Limits.COUNT),
    /** TCP connections established (IPv4 and IPv6). /proc/net/snmp CurrEstab. */
    TCP_ESTABLISHED(
            45,
            "system.network.connection.count",
            "state=established,transport=tcp",
            Kind.GAUGE,
            1,
            "{connection}",
            Limits.COUNT),
    /** TCP sockets in time-wait. /proc/net/sockstat tw. */
    TCP_TIME_WAIT(
            46,
            "system.network.connection.count",
            "state=time_wait,transport=tcp",
            Kind.GAUGE,
            1,
            "{connection}",
            Limits.COUNT),
    /** TCP sockets without a process. /proc/net/sockstat orphan. */
    TCP_ORPHANED(
            47,
            "system.network.connection.count",
            "state=orphaned,transport=tcp",
            Kind.GAUGE,
            1,
            "{connection}",
            Limits.COUNT),
    /** TCP sockets allocated. /proc/net/sockstat alloc. */
    TCP_ALLOCATED(
            48,
            "system.network.connection.count",
            "state=allocated,transport=tcp",
            Kind.GAUGE,
            1,
            "{connection}",
            Limits.COUNT),
    /** Processes. Numeric entries of /proc. */
    PROCESSES(49, "system.process.count", "", Kind.GAUGE, 1, "{process}", Limits.COUNT),
    /** Tasks running or ready. /proc/stat procs_running. */
    PROCESSES_RUNNING(50, "system.process.count", "state=running", Kind.GAUGE, 1, "{process}", Limits.COUNT),
    /** Tasks waiting for I/O. /proc/stat procs_blocked. */
    PROCESSES_BLOCKED(51, "system.process.count", "state=blocked", Kind.GAUGE, 1, "{process}", Limits.COUNT),
    /** Processes and threads made. /proc/stat processes. */
    PROCESSES_CREATED(52, "system.process.created", "", Kind.DELTA, 1, "{process}/s", Limits.COUNT),
    /** Threads; ours. /proc/loadavg, second figure of the fourth field. */
    THREADS(53, "system.thread.count", "", Kind.GAUGE, 1, "{thread}", Limits.COUNT),
    /** Used share of the fullest file system; basis points; ours. */
    FILESYSTEM_FULLEST(54, "system.filesystem.utilization.max", "", Kind.GAUGE, 1e-4, "1", 10_000),
    /** Seconds since boot. /proc/uptime. */
    UPTIME(55, "system.uptime", "", Kind.GAUGE, 1, "s", Limits.COUNT);

    /** All columns in ascending order of wire number, without holes. */
    public static final List<HostColumn> ALL = List.of(values());

    /** Presence mask with every column set. */
    public static final long MASK = ALL.stream().mapToLong(HostColumn::bit).reduce(0, (a, b) -> a | b);

    private final int wire;
    private final String metric;
    private final String attributes;
    private final Kind kind;
    private final double scale;
    private final String unit;
    private final long max;

    HostColumn(int wire, String metric, String attributes, Kind kind, double scale, String unit, long max) {
        this.wire = wire;
        this.metric = metric;
        this.attributes = attributes;
        this.kind = kind;
        this.scale = scale;
        this.unit = unit;
        this.max = max;
    }

    @Override
    public int wire() {
        return wire;
    }

    @Override
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String metric() {
        return metric;
    }

    @Override
    public String attributes() {
        return attributes;
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public double scale() {
        return scale;
    }

    @Override
    public String unit() {
        return unit;
    }

    @Override
    public long max() {
        return max;
    }

    /** Key at REST, WebSocket and in rules, such as {@code system.cpu.utilization{mode=user}}. */
    public String key() {
        return attributes.isEmpty() ? metric : metric + '{' + attributes + '}';
    }
}
