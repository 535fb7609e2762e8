package ar.mcrn.sysmonstm.agent.collect;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * What the kernel's files and {@code os-release} say of a machine. OSHI would say the same, but starts processes for it and
 * brings hundreds of classes for what is asked once. A file that is not there costs its own fact only.
 */
final class LinuxFacts {
    private static final int BYTES = 1 << 20;

    private final SystemFiles files;

    private LinuxFacts(SystemFiles files) {
        this.files = files;
    }

    static MachineFacts read(SystemFiles files) {
        LinuxFacts facts = new LinuxFacts(files);
        MachineFacts known = MachineFacts.ofJdk();
        String stat = facts.text(files.proc().resolve("stat"));
        String release = facts.text(files.proc().resolve("sys/kernel/osrelease"));
        return new MachineFacts(
                facts.os(known.os()),
                release.isEmpty() ? known.kernel() : release,
                facts.cpuModel(),
                facts.physicalCores(),
                cores(stat, known.logicalCores()),
                number(value(facts.text(files.proc().resolve("meminfo")), "MemTotal:")) << 10,
                number(value(stat, "btime ")) * 1_000,
                known.architecture(),
                facts.virtualization());
    }

    /** As os-release(5) has it: the name for people, quoted where it has blanks. */
    private String os(String otherwise) {
        String name = value(text(files.etc().resolve("os-release")), "PRETTY_NAME=");
        if (name.length() > 1 && (name.startsWith("\"") || name.startsWith("'"))) {
            name = name.substring(1, name.length() - 1);
        }
        return name.isEmpty() ? otherwise : name;
    }

    /** Where processors have no name, as on ARM, the board's. */
    private String cpuModel() {
        String info = text(files.proc().resolve("cpuinfo"));
        int line = info.indexOf("model name");
        String name = line < 0 ? "" : value(info.substring(line), "model name");
        if (name.isEmpty()) {
            return text(files.sys().resolve("firmware/devicetree/base/model")).replace("\0", "");
        }
        return name.substring(name.indexOf(':') + 1).strip();
    }

    private int physicalCores() {
        Path processors = files.sys().resolve("devices/system/cpu");
        // Core ids count anew in each cluster; which processors are the threads of one core is told plainly.
        Set<String> cores = new HashSet<>();
        for (String name : list(processors)) {
            if (name.length() > 3 && name.startsWith("cpu") && Character.isDigit(name.charAt(3))) {
                Path topology = processors.resolve(name + "/topology");
                String threads = text(topology.resolve("core_cpus_list"));
                // Its name before Linux 5.3.
                cores.add(threads.isEmpty() ? text(topology.resolve("thread_siblings_list")) : threads);
            }
        }
        cores.remove("");
        return cores.size();
    }

    private static int cores(String stat, int otherwise) {
        int count = 0;
        for (int at = stat.indexOf("\ncpu"); at >= 0; at = stat.indexOf("\ncpu", at + 1)) {
            count++;
        }
        return count == 0 ? otherwise : count;
    }

    private String virtualization() {
        Path board = files.sys().resolve("class/dmi/id");
        String says = text(board.resolve("sys_vendor")) + ' ' + text(board.resolve("product_name"));
        String known = MachineFacts.hypervisor(says);
        // Guests of Xen without a board of their own.
        return known.isEmpty() ? MachineFacts.hypervisor(text(files.sys().resolve("hypervisor/type"))) : known;
    }

    private static String[] list(Path directory) {
        String[] names = new File(directory.toString()).list();
        return names == null ? new String[0] : names;
    }

    /** Rest of the line that begins with {@code name}; empty where there is none. */
    private static String value(String text, String name) {
        int line = text.startsWith(name) ? 0 : text.indexOf('\n' + name) + 1;
        if (!text.startsWith(name, line)) {
            return "";
        }
        int end = text.indexOf('\n', line);
        return text.substring(line + name.length(), end < 0 ? text.length() : end)
                .strip();
    }

    /** Leading digits of a text; 0 where there are none. */
    private static long number(String text) {
        int end = 0;
        while (end < text.length() && end < 18 && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end == 0 ? 0 : Long.parseLong(text, 0, end, 10);
    }

    private String text(Path file) {
        try (var stream = Files.newInputStream(file)) {
            return new String(stream.readNBytes(BYTES), StandardCharsets.UTF_8).strip();
        } catch (IOException ignored) {
            // Not every machine has every file, nor may everybody read it.
            return "";
        }
    }
}
