package ar.mcrn.sysmonstm.api.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;

/**
 * A machine: its state and make, and where asked for its devices and newest values. Null components are left out of the
 * JSON: not known, or not asked for.
 *
 * @param id machine id
 * @param state up, stale or down; removing where its removal was asked for
 * @param lastSeen when its newest sample was received, Unix milliseconds
 * @param hostName network name
 * @param os operating system with version
 * @param kernel kernel version
 * @param cpuModel processor model
 * @param logicalCores logical processors
 * @param physicalCores physical processors
 * @param memoryBytes physical memory
 * @param bootTime time of boot, Unix milliseconds
 * @param architecture processor architecture
 * @param virtualization what it runs under
 * @param agentVersion version of its agent
 * @param clockErrorMillis how far its own clock is ahead, negative = behind, where that is more than about 2 s; stamps are
 *     corrected
 * @param labels by name
 * @param disks block devices
 * @param interfaces network interfaces
 * @param filesystems file systems
 * @param metrics newest value by key
 * @param processes those with most CPU time and memory, as its agent told last; at most 16, most CPU time first, then by memory
 * @param processesTime when these were looked at, Unix milliseconds
 * @param duplicateIdentity the two agents that claim to be this machine, where there are two
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MachineView(
        String id,
        String state,
        Long lastSeen,
        String hostName,
        String os,
        String kernel,
        String cpuModel,
        Integer logicalCores,
        Integer physicalCores,
        Long memoryBytes,
        Long bootTime,
        String architecture,
        String virtualization,
        String agentVersion,
        Long clockErrorMillis,
        Map<String, String> labels,
        List<DiskView> disks,
        List<InterfaceView> interfaces,
        List<FilesystemView> filesystems,
        Map<String, Double> metrics,
        List<ProcessView> processes,
        Long processesTime,
        DuplicateView duplicateIdentity) {

    /** The same in another state, and with this said of its agents. */
    public MachineView with(String other, DuplicateView duplicate) {
        return new MachineView(
                id,
                other,
                lastSeen,
                hostName,
                os,
                kernel,
                cpuModel,
                logicalCores,
                physicalCores,
                memoryBytes,
                bootTime,
                architecture,
                virtualization,
                agentVersion,
                clockErrorMillis,
                labels,
                disks,
                interfaces,
                filesystems,
                metrics,
                processes,
                processesTime,
                duplicate);
    }

    /**
     * Two agents under one identity: the newer run is heard.
     *
     * @param heard the one whose samples are taken
     * @param refused the other one
     * @param refusedAt when that was refused last, Unix milliseconds
     */
    public record DuplicateView(ClaimView heard, ClaimView refused, long refusedAt) {}

    /**
     * One agent that claims to be a machine.
     *
     * @param peer address it came from
     * @param version of the agent
     * @param runStart start of its run, Unix milliseconds
     */
    public record ClaimView(String peer, String version, long runStart) {}

    /**
     * A block device.
     *
     * @param name kernel name
     * @param model model, empty where unknown
     * @param sizeBytes size, 0 where unknown
     */
    public record DiskView(String name, String model, long sizeBytes) {}

    /**
     * A network interface.
     *
     * @param name kernel name
     * @param speedBits link speed in bits per second, 0 where unknown
     */
    public record InterfaceView(String name, long speedBits) {}

    /**
     * A file system.
     *
     * @param mountpoint where it is mounted
     * @param device what it lies on
     * @param type such as {@code ext4}
     */
    public record FilesystemView(String mountpoint, String device, String type) {}
}
