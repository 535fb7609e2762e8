package ar.mcrn.sysmonstm.ops.runtime.readiness;

import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;

/**
 * What {@code /ready} says, as metrics: {@code sysmonstm_ready}, and of each dependency {@code sysmonstm_dependency_up} and
 * {@code sysmonstm_dependency_degraded}, labelled {@code dependency} and {@code critical}.
 */
public final class ReadinessMetrics {
    private ReadinessMetrics() {}

    /** Registers them, also those of dependencies that come later. */
    public static void register(Telemetry telemetry, Readiness readiness) {
        telemetry.gauge("sysmonstm_ready", "1 while /ready answers 200", () -> readiness.isUnavailable() ? 0 : 1);
        readiness.onDependency(dependency -> register(telemetry, dependency));
    }

    private static void register(Telemetry telemetry, Dependency dependency) {
        String critical = Boolean.toString(dependency.critical());
        telemetry.gauge(
                "sysmonstm_dependency_up",
                "1 while it is there, degraded or not",
                () -> dependency.isUp() ? 1 : 0,
                "dependency",
                dependency.name(),
                "critical",
                critical);
        telemetry.gauge(
                "sysmonstm_dependency_degraded",
                "1 while it is there and does less than it should",
                () -> dependency.status().state() == Dependency.State.DEGRADED ? 1 : 0,
                "dependency",
                dependency.name(),
                "critical",
                critical);
    }
}
