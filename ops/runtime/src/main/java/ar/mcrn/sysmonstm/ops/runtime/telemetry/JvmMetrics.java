package ar.mcrn.sysmonstm.ops.runtime.telemetry;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/** What the process itself costs: CPU, heap, collector pauses, threads. Sources: the platform MX beans. */
final class JvmMetrics {
    private JvmMetrics() {}

    static void register(Telemetry telemetry) {
        var memory = ManagementFactory.getMemoryMXBean();
        var threads = ManagementFactory.getThreadMXBean();
        var system = ManagementFactory.getPlatformMXBean(com.sun.management.UnixOperatingSystemMXBean.class);
        List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
        telemetry.gauge(
                "sysmonstm_process_heap_used_bytes",
                "Heap in use.",
                () -> memory.getHeapMemoryUsage().getUsed());
        telemetry.gauge(
                "sysmonstm_process_heap_committed_bytes",
                "Heap taken from the system.",
                () -> memory.getHeapMemoryUsage().getCommitted());
        telemetry.gauge(
                "sysmonstm_process_heap_limit_bytes",
                "Heap it may take.",
                () -> memory.getHeapMemoryUsage().getMax());
        telemetry.gauge("sysmonstm_process_threads", "Platform threads.", threads::getThreadCount);
        telemetry.counterFrom(
                "sysmonstm_process_garbage_collection_seconds",
                "Time in collections.",
                () -> collectors.stream()
                                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                                .sum()
                        / 1000.0);
        if (system != null) {
            telemetry.counterFrom(
                    "sysmonstm_process_cpu_seconds",
                    "CPU of the process, user and system.",
                    () -> system.getProcessCpuTime() / 1e9);
            telemetry.gauge(
                    "sysmonstm_process_open_file_descriptors",
                    "Open file descriptors.",
                    system::getOpenFileDescriptorCount);
        }
    }
}
