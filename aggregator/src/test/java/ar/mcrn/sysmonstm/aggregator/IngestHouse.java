package ar.mcrn.sysmonstm.aggregator;

import ar.mcrn.sysmonstm.aggregator.history.HistoryIntake;
import ar.mcrn.sysmonstm.aggregator.hot.HotSender;
import ar.mcrn.sysmonstm.aggregator.ingest.GrpcServer;
import ar.mcrn.sysmonstm.aggregator.ingest.IdentityExchange;
import ar.mcrn.sysmonstm.aggregator.ring.IngestRing;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.contract.EventBus;
import ar.mcrn.sysmonstm.contract.HotState;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;
import ar.mcrn.sysmonstm.ops.runtime.inprocess.InProcessEventBus;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import com.lmax.disruptor.EventHandler;
import java.time.Duration;
import java.time.InstantSource;

/** The way in, from the gRPC port to the handlers, on free ports: everything real but what the test hands in. */
public final class IngestHouse {
    public final Telemetry telemetry = new Telemetry("aggregator");
    public final IngestMetrics metrics = new IngestMetrics(telemetry);
    public final Readiness readiness = new Readiness();
    public final HotSender hot;
    public final IngestRing ring;
    public final IdentityExchange identities;
    public final GrpcServer server;
    public final Accounting accounting;

    public IngestHouse(
            HotState hotState, HistoryIntake history, EventHandler<SampleSlot> alert, String token, int streams)
            throws Exception {
        this(hotState, history, alert, token, streams, new InProcessEventBus());
    }

    /** With a bus that other aggregators may be on; the caller closes it. */
    public IngestHouse(
            HotState hotState,
            HistoryIntake history,
            EventHandler<SampleSlot> alert,
            String token,
            int streams,
            EventBus bus)
            throws Exception {
        hot = new HotSender(hotState, metrics, readiness.dependency("redis", false));
        ring = new IngestRing(
                Duration.ofMillis(5),
                hot.handler(),
                history.liveHandler(),
                alert,
                metrics,
                readiness.dependency("ring", true));
        accounting = new Accounting(telemetry, metrics, ring, history);
        identities = new IdentityExchange(
                bus, "test", InstantSource.system(), metrics, readiness.dependency("identity", false));
        server = new GrpcServer(
                new GrpcServer.Settings("127.0.0.1", 0, new Secret(token), streams),
                ring,
                history,
                (machine, done) -> done.run(),
                identities,
                metrics,
                InstantSource.system(),
                readiness.dependency("grpc", true));
        identities.start();
        hot.start();
        ring.start();
        server.start();
    }

    public int port() {
        return server.port();
    }

    /** Stops as the application does. */
    public void close() throws Exception {
        server.refuse();
        ring.stop();
        hot.stop();
        identities.stop();
        server.stop();
    }
}
