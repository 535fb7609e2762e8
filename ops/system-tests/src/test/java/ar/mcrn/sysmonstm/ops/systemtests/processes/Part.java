package ar.mcrn.sysmonstm.ops.systemtests.processes;

import java.util.List;

/** What can be started as a process, with the JVM options that the launcher gives it. */
public enum Part {
    AGGREGATOR("aggregator", "aggregator.AggregatorApplication", "admin grpc", "-Xmx512m"),
    API("api", "api.ApiApplication", "http admin", "-Xmx384m"),
    ALERTS("alerts/service", "alerts.service.AlertsApplication", "admin", "-Xmx128m"),
    RELAY("relay", "relay.RelayApplication", "http admin", "-Xmx64m"),
    AGENT("agent", "agent.AgentMain", "", "-XX:TieredStopAtLevel=1 -Xmx24m -Xss256k"),
    LOADGEN("loadgen", "loadgen.LoadgenMain", "", "-Xmx2g");

    private final String module;
    private final String main;
    private final String ports;
    private final String jvm;

    Part(String module, String main, String ports, String jvm) {
        this.module = module;
        this.main = main;
        this.ports = ports;
        this.jvm = jvm;
    }

    String module() {
        return module;
    }

    String main() {
        return "ar.mcrn.sysmonstm." + main;
    }

    /** Names of its ports, as in its options. */
    List<String> ports() {
        return words(ports);
    }

    List<String> jvm() {
        return words(jvm);
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" ", -1));
    }
}
