package ar.mcrn.sysmonstm.api.hot;

import ar.mcrn.sysmonstm.api.api.MachineView;
import ar.mcrn.sysmonstm.api.api.MetricsView;
import ar.mcrn.sysmonstm.api.core.KeySelector;
import ar.mcrn.sysmonstm.v1.Inventory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Machines as JSON records, for REST and the live feed alike. */
public final class MachineViews {
    private MachineViews() {}

    /** State and make, without devices. */
    public static MachineView summary(LiveMachine machine) {
        return view(machine, false, null, LiveProcesses.NONE);
    }

    /** State and make with devices. */
    public static MachineView detail(LiveMachine machine) {
        return view(machine, true, null, LiveProcesses.NONE);
    }

    /** The newest values of some series beside what {@link #summary} or {@link #detail} say; with devices processes too. */
    public static MachineView withMetrics(LiveMachine machine, boolean devices, KeySelector fields) {
        return view(machine, devices, metrics(machine, fields), devices ? machine.processes() : LiveProcesses.NONE);
    }

    /** Newest sample, every key that was measured. */
    public static MetricsView newest(LiveMachine machine) {
        return new MetricsView(
                machine.id(),
                machine.time(),
                machine.durationMillis(),
                machine.state().json(),
                metrics(machine, KeySelector.all()));
    }

    private static Map<String, Double> metrics(LiveMachine machine, KeySelector fields) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (int i = 0; i < machine.values().length; i++) {
            if (!Double.isNaN(machine.values()[i])
                    && fields.picks(machine.table().key(i))) {
                metrics.put(machine.table().key(i).toString(), machine.values()[i]);
            }
        }
        return metrics;
    }

    private static Map<String, String> labels(Inventory made) {
        Map<String, String> labels = new TreeMap<>();
        made.getLabelsList().forEach(label -> labels.put(label.getName(), label.getValue()));
        return labels;
    }

    private static MachineView view(
            LiveMachine machine, boolean devices, Map<String, Double> metrics, LiveProcesses processes) {
        Inventory made = machine.inventory();
        return new MachineView(
                machine.id(),
                machine.state().json(),
                machine.receivedMillis(),
                text(made.getHostName()),
                text(made.getOs()),
                text(made.getKernel()),
                text(made.getCpuModel()),
                made.getLogicalCores() == 0 ? null : made.getLogicalCores(),
                made.getPhysicalCores() == 0 ? null : made.getPhysicalCores(),
                made.getMemoryBytes() == 0 ? null : made.getMemoryBytes(),
                made.getBootMillis() == 0 ? null : made.getBootMillis(),
                text(made.getArchitecture()),
                text(made.getVirtualization()),
                text(made.getAgentVersion()),
                made.getClockErrorMillis() == 0 ? null : made.getClockErrorMillis(),
                labels(made),
                devices ? disks(made) : null,
                devices ? interfaces(made) : null,
                devices ? filesystems(made) : null,
                metrics,
                processes.time() == 0 ? null : processes.rows(),
                processes.time() == 0 ? null : processes.time(),
                null);
    }

    private static String text(String value) {
        return value.isEmpty() ? null : value;
    }

    private static List<MachineView.DiskView> disks(Inventory made) {
        return made.getDisksList().stream()
                .map(disk -> new MachineView.DiskView(disk.getName(), disk.getModel(), disk.getSizeBytes()))
                .toList();
    }

    private static List<MachineView.InterfaceView> interfaces(Inventory made) {
        return made.getInterfacesList().stream()
                .map(nic -> new MachineView.InterfaceView(nic.getName(), nic.getSpeedBits()))
                .toList();
    }

    private static List<MachineView.FilesystemView> filesystems(Inventory made) {
        return made.getFilesystemsList().stream()
                .map(each -> new MachineView.FilesystemView(each.getMountpoint(), each.getDevice(), each.getType()))
                .toList();
    }
}
