package ar.mcrn.sysmonstm.aggregator;

import ar.mcrn.sysmonstm.aggregator.alerting.AlertingAssembly;
import ar.mcrn.sysmonstm.aggregator.history.HistoryAssembly;
import ar.mcrn.sysmonstm.aggregator.history.HistoryIntake;
import ar.mcrn.sysmonstm.aggregator.hot.HotSender;
import ar.mcrn.sysmonstm.aggregator.ingest.GrpcServer;
import ar.mcrn.sysmonstm.aggregator.ingest.IdentityExchange;
import ar.mcrn.sysmonstm.aggregator.retention.HistoryDisk;
import ar.mcrn.sysmonstm.aggregator.retention.RetentionAssembly;
import ar.mcrn.sysmonstm.aggregator.ring.IngestRing;
import ar.mcrn.sysmonstm.aggregator.tiers.TiersAssembly;
import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceContext;
import io.dropwizard.lifecycle.Managed;
import io.dropwizard.lifecycle.setup.LifecycleEnvironment;
import java.time.InstantSource;

/**
 * Puts the aggregator together:
 *
 * <pre>
 * agents --gRPC--> GrpcServer --> IngestRing --+-- HotHandler ----> HotSender ----> hot state
 *                      ^   |                   +-- HistoryHandler -> HistoryWriter -> database
 *                      |   +--backfill, events-+-- AlertHandler ---> AlertSender --> event bus
 *                      +--------- outcomes ------------'
 * </pre>
 *
 * Started in the order of the code below and stopped in reverse: agents are let in last and refused first; then the ring is
 * drained, hot state and alerts are sent, the history commits, and only then do the streams end, each told its outcomes.
 */
public final class AggregatorAssembly {
    private final GrpcServer server;
    private final Accounting accounting;

    private AggregatorAssembly(GrpcServer server, Accounting accounting) {
        this.server = server;
        this.accounting = accounting;
    }

    /**
     * Builds the aggregator and registers everything with the context's lifecycle. Neither the database nor hot state need be
     * there.
     *
     * @throws ConfigurationProblem in one line, where the rule file or the database's schema cannot be used
     */
    public static AggregatorAssembly assemble(AggregatorSettings settings, ServiceContext context) {
        LifecycleEnvironment lifecycle = context.environment().lifecycle();
        Readiness readiness = context.readiness();
        IngestMetrics metrics = new IngestMetrics(context.telemetry());
        StreamsEnd streamsEnd = new StreamsEnd();
        lifecycle.manage(streamsEnd);
        IdentityExchange identities = new IdentityExchange(
                context.bus(),
                settings.name(),
                InstantSource.system(),
                metrics,
                readiness.dependency("identity", false));
        lifecycle.manage(identities);
        try {
            HistoryIntake history = HistoryAssembly.assemble(settings.history(), context);
            HistoryDisk disk = RetentionAssembly.assemble(settings.retention(), context);
            TiersAssembly.assemble(context.database().dataSource(), context.telemetry(), readiness, lifecycle);
            AlertingAssembly alerting = AlertingAssembly.assemble(settings.alerting(), context, settings.name(), disk);
            HotSender hot = new HotSender(context.hot(), metrics, readiness.dependency("hot state", false));
            lifecycle.manage(hot);
            IngestRing ring = new IngestRing(
                    settings.tick(),
                    hot.handler(),
                    history.liveHandler(),
                    alerting.handler(),
                    metrics,
                    readiness.dependency("ring", true));
            lifecycle.manage(ring);
            Accounting accounting = new Accounting(context.telemetry(), metrics, ring, history);
            GrpcServer server = new GrpcServer(
                    settings.grpc(),
                    ring,
                    history,
                    alerting::machineHello,
                    identities,
                    metrics,
                    InstantSource.system(),
                    readiness.dependency("grpc", true));
            streamsEnd.server = server;
            lifecycle.manage(new StreamsBegin(server));
            return new AggregatorAssembly(server, accounting);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new ConfigurationProblem(e.getMessage());
        }
    }

    /** Port for agents; known once the lifecycle has started. */
    public int grpcPort() {
        return server.port();
    }

    /** What became of everything received. */
    public Accounting accounting() {
        return accounting;
    }

    /** Last to start: lets agents in. First to stop: refuses them. */
    private record StreamsBegin(GrpcServer server) implements Managed {
        @Override
        public void start() throws Exception {
            server.start();
        }

        @Override
        public void stop() {
            server.refuse();
        }
    }

    /** Last to stop: ends the streams, when everything received has its outcome. */
    private static final class StreamsEnd implements Managed {
        private GrpcServer server;

        @Override
        public void stop() throws Exception {
            if (server != null) {
                server.stop();
            }
        }
    }
}
