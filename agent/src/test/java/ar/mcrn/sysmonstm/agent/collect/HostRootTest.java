package ar.mcrn.sysmonstm.agent.collect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A machine whose root is mounted somewhere below ours, as in a container. */
class HostRootTest {
    @TempDir
    Path folder;

    @Test
    void mountsAreThoseBelowItByTheHostsNames() throws IOException {
        Path mounts = Files.writeString(folder.resolve("mounts"), """
                overlay / overlay rw 0 0
                /dev/sda1 /etc/hosts ext4 rw 0 0
                /dev/sda1 /host ext4 ro 0 0
                tmpfs /host/run tmpfs ro 0 0
                /dev/sdb1 /host/srv/my\\040files xfs ro 0 0
                /dev/sdc1 /hostile ext4 rw 0 0
                overlay /host/var/lib/docker/overlay2/1/merged overlay ro 0 0
                """);
        assertThat(new ProcMounts(mounts, "/host").list())
                .containsExactly(new Mount("/", "/dev/sda1", "ext4"), new Mount("/srv/my files", "/dev/sdb1", "xfs"));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void everythingElseIsReadBelowIt() throws IOException {
        ProcTree tree = new ProcTree(folder).fill(1);
        tree.write("etc/os-release", "PRETTY_NAME=\"Alpine Linux v3.22\"\n");
        Machine machine = Machine.ofHost(folder);

        assertThat(machine.facts().os()).isEqualTo("Alpine Linux v3.22");
        assertThat(machine.facts().logicalCores()).isEqualTo(8);
        Reading reading = new Reading();
        reading.clear(0);
        machine.sources().forEach(source -> new GuardedSource(source).read(reading));
        assertThat(reading.cores).isEqualTo(8);
        assertThat(reading.disks.size()).isEqualTo(3);
        assertThat(machine.spaces().read("/").sizeBytes())
                .isEqualTo(StatVfs.orFile().read(folder.toString()).sizeBytes());
    }
}
