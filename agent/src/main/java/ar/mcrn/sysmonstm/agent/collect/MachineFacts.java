package ar.mcrn.sysmonstm.agent.collect;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import oshi.hardware.CentralProcessor;
import oshi.hardware.ComputerSystem;
import oshi.hardware.HardwareAbstractionLayer;
import oshi.software.os.OperatingSystem;

/**
 * What a machine is made of as long as it is not booted again. Read once.
 *
 * @param os operating system with version, as a person would write it
 * @param kernel its version
 * @param cpuModel processor model; empty = not known
 * @param physicalCores physical processors; 0 = not known
 * @param logicalCores logical processors
 * @param memoryBytes physical memory; 0 = not known
 * @param bootMillis time of boot, Unix milliseconds; 0 = not known
 * @param architecture as the kernel names it
 * @param virtualization what the machine runs under; empty = nothing, or not known
 */
record MachineFacts(
        String os,
        String kernel,
        String cpuModel,
        int physicalCores,
        int logicalCores,
        long memoryBytes,
        long bootMillis,
        String architecture,
        String virtualization) {
    private static final Logger LOG = LoggerFactory.getLogger(MachineFacts.class);
    private static final String[] HYPERVISORS = {
        "KVM",
        "QEMU",
        "VMware",
        "VirtualBox",
        "Xen",
        "Hyper-V",
        "Virtual Machine",
        "Parallels",
        "Firecracker",
        "bhyve",
        "Amazon EC2",
        "Google Compute Engine",
        "OpenStack"
    };

    /** What the JDK alone knows, for where OSHI fails. */
    static MachineFacts ofJdk() {
        return new MachineFacts(
                System.getProperty("os.name", ""),
                System.getProperty("os.version", ""),
                "",
                0,
                Runtime.getRuntime().availableProcessors(),
                0,
                0,
                kernelArchitecture(),
                "");
    }

    /** By OSHI; takes some tenths of a second. */
    static MachineFacts of(OperatingSystem system, HardwareAbstractionLayer hardware) {
        try {
            CentralProcessor processor = hardware.getProcessor();
            String version = system.getVersionInfo().getVersion();
            String codeName = system.getVersionInfo().getCodeName();
            return new MachineFacts(
                    (system.getFamily() + " " + nonNull(version) + (blank(codeName) ? "" : " (" + codeName + ")"))
                            .strip(),
                    System.getProperty("os.version", ""),
                    nonNull(processor.getProcessorIdentifier().getName()).strip(),
                    processor.getPhysicalProcessorCount(),
                    processor.getLogicalProcessorCount(),
                    hardware.getMemory().getTotal(),
                    system.getSystemBootTime() * 1_000,
                    kernelArchitecture(),
                    hypervisor(board(hardware.getComputerSystem())));
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("machine facts cannot be read: reason={}", e.toString());
            return ofJdk();
        }
    }

    private static String board(ComputerSystem computer) {
        return nonNull(computer.getManufacturer()) + ' ' + nonNull(computer.getModel());
    }

    /** The hypervisor that the names of a board betray; empty = none. */
    static String hypervisor(String says) {
        for (String hypervisor : HYPERVISORS) {
            if (says.toLowerCase(Locale.ROOT).contains(hypervisor.toLowerCase(Locale.ROOT))) {
                return hypervisor;
            }
        }
        return "";
    }

    private static String kernelArchitecture() {
        String name = System.getProperty("os.arch", "");
        return name.equals("amd64") ? "x86_64" : name;
    }

    private static boolean blank(String text) {
        return text == null || text.isBlank();
    }

    private static String nonNull(String text) {
        return text == null ? "" : text;
    }
}
