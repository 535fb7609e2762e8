package ar.mcrn.sysmonstm.ops.systemtests.browser;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/** How long a test waits for what an idle machine does in a promised time. */
final class Patience {
    private Patience() {}

    /** The load average follows late, so that a machine which is not idle gets three times as long at the least. */
    static Duration stretched(Duration limit) {
        double waiting = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()
                / Runtime.getRuntime().availableProcessors();
        return waiting < 0.5
                ? limit
                : Duration.ofMillis((long) (limit.toMillis() * Math.clamp(2 * waiting, 3.0, 12.0)));
    }
}
