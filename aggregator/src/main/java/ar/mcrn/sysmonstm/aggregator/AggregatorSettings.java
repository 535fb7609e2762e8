package ar.mcrn.sysmonstm.aggregator;

import ar.mcrn.sysmonstm.aggregator.alerting.AlertingSettings;
import ar.mcrn.sysmonstm.aggregator.history.HistorySettings;
import ar.mcrn.sysmonstm.aggregator.ingest.GrpcServer;
import ar.mcrn.sysmonstm.aggregator.retention.RetentionSettings;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What the aggregator needs to know, however it was configured.
 *
 * @param name of this aggregator in alert transitions; blank = host name and process id
 * @param grpc the port for agents
 * @param tick how often event loops and the ring's hot handler look for what has come, 1 to 20 ms
 * @param history how history is kept
 * @param retention how long history is kept
 * @param alerting how rules are evaluated
 */
public record AggregatorSettings(
        String name,
        GrpcServer.Settings grpc,
        Duration tick,
        HistorySettings history,
        RetentionSettings retention,
        AlertingSettings alerting) {
    /** Streams open at the same time, unless set otherwise. */
    public static final int MAX_STREAMS = 20_000;

    /** Tick of event loops and hot handler, unless set otherwise. */
    static final Duration TICK = Duration.ofMillis(20);

    /** @throws IllegalArgumentException naming key, value and range */
    public AggregatorSettings {
        name = name == null || name.isBlank() ? ownName() : name;
        if (tick.toNanos() < 1_000_000 || tick.toNanos() > 20_000_000) {
            throw new IllegalArgumentException("AGGREGATOR_TICK=" + tick.toMillis() + "ms, allowed: 1ms to 20ms");
        }
    }

    /**
     * All defaults but these.
     *
     * @param bind address to listen on
     * @param grpcPort port for agents; 0 = a free one
     * @param rulesFile rule file, where there is one
     */
    public static AggregatorSettings of(String bind, int grpcPort, Optional<Path> rulesFile) {
        return new AggregatorSettings(
                "",
                new GrpcServer.Settings(bind, grpcPort, Secret.NONE, MAX_STREAMS),
                TICK,
                HistorySettings.defaults(),
                RetentionSettings.defaults(),
                AlertingSettings.of(rulesFile));
    }

    private static String ownName() {
        String process = "-" + ProcessHandle.current().pid();
        try {
            return InetAddress.getLocalHost().getHostName() + process;
        } catch (UnknownHostException unresolvable) {
            return "aggregator" + process;
        }
    }
}
