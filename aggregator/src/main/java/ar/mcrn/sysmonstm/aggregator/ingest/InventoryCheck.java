package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.Disk;
import ar.mcrn.sysmonstm.v1.Filesystem;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Label;
import ar.mcrn.sysmonstm.v1.NetworkInterface;
import ar.mcrn.sysmonstm.v1.Sensor;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Judges an inventory against the limits of the contract. */
final class InventoryCheck {
    private final Set<String> names = new HashSet<>();
    private String fault;

    private InventoryCheck() {}

    /** Whether it names more cores, devices or sensors than a machine may have. */
    static boolean isTooLarge(Inventory inventory) {
        return Integer.compareUnsigned(inventory.getLogicalCores(), Limits.CORES) > 0
                || inventory.getDisksCount() + inventory.getInterfacesCount() + inventory.getFilesystemsCount()
                        > Limits.SERIES
                || inventory.getSensorsCount() > Limits.SENSORS;
    }

    /** What is wrong with it, naming field and value; empty where nothing is. */
    static Optional<String> fault(Inventory inventory) {
        return new InventoryCheck().judge(inventory);
    }

    private Optional<String> judge(Inventory inventory) {
        if (inventory.getNumber() <= 0) {
            fault("number=" + Integer.toUnsignedString(inventory.getNumber()));
        }
        if (inventory.getMemoryBytes() < 0 || inventory.getBootMillis() < 0) {
            fault("memory_bytes or boot_millis beyond 63 bits");
        }
        text("host_name", inventory.getHostName(), Limits.VALUE_BYTES);
        text("os", inventory.getOs(), Limits.VALUE_BYTES);
        text("kernel", inventory.getKernel(), Limits.VALUE_BYTES);
        text("cpu_model", inventory.getCpuModel(), Limits.VALUE_BYTES);
        text("architecture", inventory.getArchitecture(), Limits.NAME_BYTES);
        text("virtualization", inventory.getVirtualization(), Limits.NAME_BYTES);
        text("agent_version", inventory.getAgentVersion(), Limits.NAME_BYTES);
        for (Disk disk : inventory.getDisksList()) {
            name("disks.name", disk.getName());
            text("disks.model", disk.getModel(), Limits.VALUE_BYTES);
        }
        names.clear();
        for (NetworkInterface network : inventory.getInterfacesList()) {
            name("interfaces.name", network.getName());
        }
        names.clear();
        for (Filesystem filesystem : inventory.getFilesystemsList()) {
            name("filesystems.mountpoint", filesystem.getMountpoint());
            text("filesystems.device", filesystem.getDevice(), Limits.VALUE_BYTES);
            text("filesystems.type", filesystem.getType(), Limits.NAME_BYTES);
        }
        names.clear();
        for (Sensor sensor : inventory.getSensorsList()) {
            name("sensors.id", sensor.getId());
        }
        if (inventory.getLabelsCount() > Limits.LABELS) {
            fault("labels=" + inventory.getLabelsCount());
        }
        names.clear();
        for (Label label : inventory.getLabelsList()) {
            text("label name", label.getName(), Limits.NAME_BYTES);
            if (!names.add(label.getName())) {
                fault("label name twice");
            }
            text("label value", label.getValue(), Limits.VALUE_BYTES);
        }
        return Optional.ofNullable(fault);
    }

    private void name(String field, String value) {
        text(field, value, Limits.NAME_BYTES);
        if (value.isEmpty()) {
            fault(field + " is empty");
        }
        if (!names.add(value)) {
            fault(field + " twice");
        }
    }

    private void text(String field, String value, int limit) {
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > limit) {
            fault(field + " of " + bytes + " bytes, limit " + limit);
        }
        if (value.indexOf('\0') >= 0) {
            fault(field + " holds NUL");
        }
    }

    private void fault(String what) {
        if (fault == null) {
            fault = what;
        }
    }
}
