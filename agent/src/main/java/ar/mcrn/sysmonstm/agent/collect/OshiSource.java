package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.Disk;
import ar.mcrn.sysmonstm.v1.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import oshi.hardware.CentralProcessor;
import oshi.hardware.GlobalMemory;
import oshi.hardware.HWDiskStore;
import oshi.hardware.HardwareAbstractionLayer;
import oshi.hardware.NetworkIF;
import oshi.hardware.VirtualMemory;
import oshi.software.os.OSFileStore;
import oshi.software.os.OSProcess;
import oshi.software.os.OperatingSystem;

/**
 * One machine by OSHI, where there is no {@code /proc}: what OSHI does not say stays absent. Each part is a source of its own.
 * Device lists are made anew once a minute.
 */
final class OshiSource implements DeviceFacts {
    /** Disk figures that OSHI does not have. */
    static final long NO_DISK_COLUMNS = DiskColumn.READ_MILLIS.bit() | DiskColumn.WRITE_MILLIS.bit();

    /** Interface figures that OSHI does not have. */
    static final long NO_INTERFACE_COLUMNS = InterfaceColumn.TRANSMIT_DROPPED.bit();

    /** OSHI gives CPU times of processes in milliseconds. */
    static final int TICKS_PER_SECOND = 1_000;

    private static final int KIBIBYTE = 1024;
    private static final long LIST_NANOS = 60_000_000_000L;

    private final OperatingSystem system;
    private final HardwareAbstractionLayer hardware;
    private final Map<String, HWDiskStore> disks = new HashMap<>();
    private final Map<String, NetworkIF> interfaces = new HashMap<>();
    private List<HWDiskStore> diskList = List.of();
    private List<NetworkIF> interfaceList = List.of();
    private long disksListed;
    private long interfacesListed;

    OshiSource(OperatingSystem system, HardwareAbstractionLayer hardware) {
        this.system = system;
        this.hardware = hardware;
        disksListed = System.nanoTime() - LIST_NANOS;
        interfacesListed = disksListed;
    }

    List<Source> sources() {
        return List.of(
                part("processor", this::processor),
                part("memory", this::memory),
                part("processes", this::processes),
                part("disks", this::disks),
                part("interfaces", this::interfaces));
    }

    /** Every process, as a {@link ProcessLister}. */
    boolean processList(TopProcesses top) {
        int looked = 0;
        for (OSProcess process : system.getProcesses(null, null, 0)) {
            if (++looked > TopProcesses.LOOKED_AT) {
                return false;
            }
            byte[] name = process.getName().getBytes(StandardCharsets.UTF_8);
            top.offer(
                    process.getProcessID(),
                    process.getStartTime(),
                    process.getKernelTime() + process.getUserTime(),
                    process.getResidentMemory() / KIBIBYTE,
                    process.getThreadCount(),
                    false,
                    name,
                    0,
                    name.length);
        }
        return true;
    }

    private interface Part {
        void read(Reading reading);
    }

    private static Source part(String name, Part part) {
        return new Source() {
            @Override
            public String name() {
                return "OSHI " + name;
            }

            @Override
            public void read(Reading reading) {
                part.read(reading);
            }
        };
    }

    private void processor(Reading reading) {
        CentralProcessor processor = hardware.getProcessor();
        long[] ticks = processor.getSystemCpuLoadTicks();
        reading.modes[Reading.USER] = ticks[CentralProcessor.TickType.USER.getIndex()];
        reading.modes[Reading.NICE] = ticks[CentralProcessor.TickType.NICE.getIndex()];
        reading.modes[Reading.SYSTEM] = ticks[CentralProcessor.TickType.SYSTEM.getIndex()];
        reading.modes[Reading.IDLE] = ticks[CentralProcessor.TickType.IDLE.getIndex()];
        reading.modes[Reading.IOWAIT] = ticks[CentralProcessor.TickType.IOWAIT.getIndex()];
        reading.modes[Reading.INTERRUPT] =
                ticks[CentralProcessor.TickType.IRQ.getIndex()] + ticks[CentralProcessor.TickType.SOFTIRQ.getIndex()];
        reading.modes[Reading.STEAL] = ticks[CentralProcessor.TickType.STEAL.getIndex()];
        reading.hasModes = true;
        for (long[] core : processor.getProcessorCpuLoadTicks()) {
            if (reading.cores == Limits.CORES) {
                break;
            }
            long whole = 0;
            for (long mode : core) {
                whole += mode;
            }
            reading.coreWhole[reading.cores] = whole;
            reading.coreBusy[reading.cores] = whole
                    - core[CentralProcessor.TickType.IDLE.getIndex()]
                    - core[CentralProcessor.TickType.IOWAIT.getIndex()];
            reading.cores++;
        }
        double[] load = processor.getSystemLoadAverage(3);
        putLoad(reading, HostColumn.LOAD_1M, load[0]);
        putLoad(reading, HostColumn.LOAD_5M, load[1]);
        putLoad(reading, HostColumn.LOAD_15M, load[2]);
        reading.put(HostColumn.CONTEXT_SWITCHES, processor.getContextSwitches());
        reading.put(HostColumn.INTERRUPTS, processor.getInterrupts());
    }

    private static void putLoad(Reading reading, HostColumn column, double load) {
        // Negative where the system has no load average.
        if (load >= 0) {
            reading.put(column, Math.round(load * 100));
        }
    }

    private void memory(Reading reading) {
        GlobalMemory memory = hardware.getMemory();
        long total = memory.getTotal();
        if (total > 0) {
            long available = memory.getAvailable();
            long used = Math.max(0, total - available);
            reading.put(HostColumn.MEMORY_LIMIT, total >> 10);
            reading.put(HostColumn.MEMORY_AVAILABLE, available >> 10);
            reading.put(HostColumn.MEMORY_USED, used >> 10);
            reading.put(HostColumn.MEMORY_UTILIZATION, Quantities.basisPoints(used, total));
        }
        VirtualMemory swap = memory.getVirtualMemory();
        reading.put(HostColumn.SWAP_LIMIT, swap.getSwapTotal() >> 10);
        reading.put(HostColumn.SWAP_USED, swap.getSwapUsed() >> 10);
        if (swap.getSwapTotal() > 0) {
            reading.put(HostColumn.SWAP_UTILIZATION, Quantities.basisPoints(swap.getSwapUsed(), swap.getSwapTotal()));
        }
        reading.put(HostColumn.SWAP_IN, swap.getSwapPagesIn());
        reading.put(HostColumn.SWAP_OUT, swap.getSwapPagesOut());
    }

    private void processes(Reading reading) {
        reading.put(HostColumn.PROCESSES, system.getProcessCount());
        reading.put(HostColumn.THREADS, system.getThreadCount());
        reading.put(HostColumn.UPTIME, system.getSystemUptime());
        reading.put(
                HostColumn.TCP_ESTABLISHED,
                system.getInternetProtocolStats().getTCPv4Stats().getConnectionsEstablished()
                        + system.getInternetProtocolStats().getTCPv6Stats().getConnectionsEstablished());
    }

    private void disks(Reading reading) {
        if (reading.nanos - disksListed >= LIST_NANOS) {
            diskList = new ArrayList<>(hardware.getDiskStores());
            disksListed = reading.nanos;
        }
        for (HWDiskStore disk : diskList) {
            if (reading.disks.size() < InventoryBook.DISKS && disk.updateAttributes()) {
                disks.put(disk.getName(), disk);
                long[] row = reading.disks.add(disk.getName());
                row[DiskColumn.READ_BYTES.wire()] = disk.getReadBytes();
                row[DiskColumn.WRITE_BYTES.wire()] = disk.getWriteBytes();
                row[DiskColumn.READS.wire()] = disk.getReads();
                row[DiskColumn.WRITES.wire()] = disk.getWrites();
                row[DiskColumn.BUSY_MILLIS.wire()] = disk.getTransferTime();
                row[DiskColumn.PENDING.wire()] = disk.getCurrentQueueLength();
            }
        }
        reading.disks.complete();
    }

    private void interfaces(Reading reading) {
        if (reading.nanos - interfacesListed >= LIST_NANOS) {
            interfaceList = new ArrayList<>(hardware.getNetworkIFs());
            interfacesListed = reading.nanos;
        }
        for (NetworkIF link : interfaceList) {
            if (reading.interfaces.size() < InventoryBook.INTERFACES && link.updateAttributes()) {
                interfaces.put(link.getName(), link);
                long[] row = reading.interfaces.add(link.getName());
                row[InterfaceColumn.RECEIVE_BYTES.wire()] = link.getBytesRecv();
                row[InterfaceColumn.RECEIVE_PACKETS.wire()] = link.getPacketsRecv();
                row[InterfaceColumn.RECEIVE_ERRORS.wire()] = link.getInErrors();
                row[InterfaceColumn.RECEIVE_DROPPED.wire()] = link.getInDrops();
                row[InterfaceColumn.TRANSMIT_BYTES.wire()] = link.getBytesSent();
                row[InterfaceColumn.TRANSMIT_PACKETS.wire()] = link.getPacketsSent();
                row[InterfaceColumn.TRANSMIT_ERRORS.wire()] = link.getOutErrors();
            }
        }
        reading.interfaces.complete();
    }

    /** File systems by OSHI; called on the thread of {@link FilesystemWatch}. */
    List<Mount> mounts() {
        return system.getFileSystem().getFileStores(true).stream()
                .filter(store -> ProcMounts.fits(store.getMount()))
                .limit(InventoryBook.FILESYSTEMS)
                .map(OshiSource::mount)
                .toList();
    }

    private static Mount mount(OSFileStore store) {
        return new Mount(store.getMount(), store.getVolume(), store.getType());
    }

    @Override
    public Disk disk(String name) {
        HWDiskStore disk = disks.get(name);
        return disk == null
                ? Disk.newBuilder().setName(name).build()
                : Disk.newBuilder()
                        .setName(name)
                        .setModel(disk.getModel())
                        .setSizeBytes(disk.getSize())
                        .build();
    }

    @Override
    public NetworkInterface networkInterface(String name) {
        NetworkIF link = interfaces.get(name);
        return NetworkInterface.newBuilder()
                .setName(name)
                .setSpeedBits(link == null ? 0 : Math.max(0, link.getSpeed()))
                .build();
    }
}
