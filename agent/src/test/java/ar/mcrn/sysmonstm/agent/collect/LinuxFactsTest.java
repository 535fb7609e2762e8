package ar.mcrn.sysmonstm.agent.collect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxFactsTest {
    private ProcTree tree;

    @BeforeEach
    void makeTree(@TempDir Path root) throws IOException {
        tree = new ProcTree(root).fill(1);
    }

    @Test
    void saysWhatTheFilesSay() throws IOException {
        tree.write(
                "etc/os-release",
                "NAME=\"Debian GNU/Linux\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\n");
        tree.write("proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
        tree.write("proc/cpuinfo", "processor\t: 0\nmodel\t\t: 17\nmodel name\t: AMD EPYC 7763\nflags\t\t: fpu\n");
        for (int cpu = 0; cpu < 8; cpu++) {
            String topology = "sys/devices/system/cpu/cpu" + cpu + "/topology/";
            tree.write(
                    topology + (cpu < 4 ? "core_cpus_list" : "thread_siblings_list"),
                    cpu / 2 * 2 + "-" + (cpu / 2 * 2 + 1) + "\n");
        }
        tree.write("sys/devices/system/cpu/cpufreq/x", "");
        tree.write("sys/class/dmi/id/sys_vendor", "QEMU\n");
        tree.write("sys/class/dmi/id/product_name", "Standard PC\n");

        MachineFacts facts = LinuxFacts.read(tree.files());

        assertThat(facts.os()).isEqualTo("Debian GNU/Linux 12 (bookworm)");
        assertThat(facts.kernel()).isEqualTo("6.1.0-18-amd64");
        assertThat(facts.cpuModel()).isEqualTo("AMD EPYC 7763");
        assertThat(facts.physicalCores()).isEqualTo(4);
        assertThat(facts.logicalCores()).isEqualTo(8);
        assertThat(facts.memoryBytes()).isEqualTo(32_684_096L << 10);
        assertThat(facts.bootMillis()).isEqualTo(1_763_688_000_000L);
        assertThat(facts.virtualization()).isEqualTo("QEMU");
    }

    @Test
    void aBoardWithoutProcessorNameIsNamedItself() throws IOException {
        tree.write("proc/cpuinfo", "processor\t: 0\nBogoMIPS\t: 108.00\n");
        tree.write("sys/firmware/devicetree/base/model", "Raspberry Pi 5 Model B Rev 1.0\0");

        assertThat(LinuxFacts.read(tree.files()).cpuModel()).isEqualTo("Raspberry Pi 5 Model B Rev 1.0");
    }

    @Test
    void whatIsNotThereIsNotKnown() throws IOException {
        tree.remove("proc/meminfo");
        tree.write("proc/stat", "cpu  1 2 3\nbtime x\n");
        tree.write("etc/os-release", "PRETTY_NAME=\"\n");

        MachineFacts facts = LinuxFacts.read(tree.files());

        assertThat(facts.memoryBytes()).isZero();
        assertThat(facts.bootMillis()).isZero();
        assertThat(facts.cpuModel()).isEmpty();
        assertThat(facts.physicalCores()).isZero();
        assertThat(facts.logicalCores()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(facts.virtualization()).isEmpty();
        assertThat(facts.kernel()).isEqualTo(System.getProperty("os.version"));
    }
}
