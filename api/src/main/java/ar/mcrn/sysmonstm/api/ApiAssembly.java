package ar.mcrn.sysmonstm.api;

import ar.mcrn.sysmonstm.api.core.Visibility;
import ar.mcrn.sysmonstm.api.db.AlertReads;
import ar.mcrn.sysmonstm.api.db.DatabaseWatch;
import ar.mcrn.sysmonstm.api.db.FleetReads;
import ar.mcrn.sysmonstm.api.db.HistoryReads;
import ar.mcrn.sysmonstm.api.db.Reads;
import ar.mcrn.sysmonstm.api.db.Removals;
import ar.mcrn.sysmonstm.api.edge.EdgePush;
import ar.mcrn.sysmonstm.api.hot.DuplicateFollower;
import ar.mcrn.sysmonstm.api.hot.HotFollower;
import ar.mcrn.sysmonstm.api.hot.LiveFleet;
import ar.mcrn.sysmonstm.api.live.AlertBoard;
import ar.mcrn.sysmonstm.api.live.AlertFollower;
import ar.mcrn.sysmonstm.api.live.LiveEndpoint;
import ar.mcrn.sysmonstm.api.live.LiveFeed;
import ar.mcrn.sysmonstm.api.resources.AlertsResource;
import ar.mcrn.sysmonstm.api.resources.CoverageResource;
import ar.mcrn.sysmonstm.api.resources.FleetResource;
import ar.mcrn.sysmonstm.api.resources.HistoryResource;
import ar.mcrn.sysmonstm.api.resources.KnownParameters;
import ar.mcrn.sysmonstm.api.resources.MachinesResource;
import ar.mcrn.sysmonstm.api.resources.Problems;
import ar.mcrn.sysmonstm.api.resources.QueryTimer;
import ar.mcrn.sysmonstm.api.resources.RulesResource;
import ar.mcrn.sysmonstm.api.resources.TotalsResource;
import ar.mcrn.sysmonstm.ops.runtime.pages.DashboardServlet;
import ar.mcrn.sysmonstm.ops.runtime.pages.HostCheck;
import ar.mcrn.sysmonstm.ops.runtime.pages.SecurityFilter;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceContext;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketLimits;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSockets;
import io.dropwizard.core.setup.Environment;
import jakarta.servlet.DispatcherType;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The api's parts in start order: feed, follower of hot state, follower of alerts, push to the relay; and its doors:
 * {@code /ws}, {@code /api/*} and the dashboard at {@code /}. Constructing it reaches for nothing: database and hot state may
 * be away.
 */
public final class ApiAssembly {
    private static final Duration STUCK = Duration.ofSeconds(60);

    private final LiveFleet fleet;
    private final LiveFeed feed;
    private final WebSockets sockets;

    private ApiAssembly(LiveFleet fleet, LiveFeed feed, WebSockets sockets) {
        this.fleet = fleet;
        this.feed = feed;
        this.sockets = sockets;
    }

    /** Builds everything and registers it with the environment, which starts and stops it. */
    public static ApiAssembly assemble(ApiSettings settings, ServiceContext context) {
        Environment environment = context.environment();
        InstantSource clock = InstantSource.system();
        ApiMetrics metrics = new ApiMetrics(context.telemetry());
        LiveFleet fleet = new LiveFleet();
        AlertBoard board = new AlertBoard();
        AtomicReference<HotFollower> follower = new AtomicReference<>();
        LiveFeed feed = new LiveFeed(
                fleet,
                board,
                metrics,
                clock,
                context.readiness()::degraded,
                () -> follower.get().readSoon(),
                settings.frameGap(),
                STUCK);
        Reads reads = new Reads(context.database().dataSource());
        AlertReads alertReads = new AlertReads(reads);
        follower.set(new HotFollower(context.hot(), context.bus(), feed));

        environment.lifecycle().manage(feed);
        environment.lifecycle().manage(follower.get());
        environment.lifecycle().manage(new AlertFollower(context.bus(), alertReads, board, feed));
        if (settings.watchDatabase()) {
            environment
                    .lifecycle()
                    .manage(new DatabaseWatch(reads, context.readiness().dependency("database", false)));
        }
        settings.edge()
                .ifPresent(edge -> environment
                        .lifecycle()
                        .manage(new EdgePush(edge, feed, context.readiness().dependency("relay", false))));

        HostCheck hosts = new HostCheck(settings.hosts());
        WebSockets sockets = WebSockets.add(
                environment,
                "/ws",
                WebSocketLimits.standard().withSockets(settings.maxSockets(), settings.maxSocketsPerAddress()),
                new LiveEndpoint(feed, hosts, settings.origins()));
        context.telemetry().gauge("sysmonstm_live_sockets", "WebSockets open", sockets::open);
        context.telemetry()
                .gauge(
                        "sysmonstm_live_machines",
                        "Machines in the live picture",
                        () -> fleet.machines().size());

        environment
                .servlets()
                .addFilter("security", new SecurityFilter(hosts, settings.origins()))
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
        environment.servlets().addServlet("dashboard", new DashboardServlet()).addMapping("/");
        environment.jersey().setUrlPattern("/api/*");
        environment.jersey().register(new Problems());
        environment.jersey().register(KnownParameters.class);
        Removals removals = new Removals(reads);
        environment.lifecycle().manage(removals);
        DuplicateFollower duplicates = new DuplicateFollower(context.bus(), clock);
        environment.lifecycle().manage(duplicates);
        environment.jersey().register(new MachinesResource(fleet, removals, duplicates, clock));
        HistoryReads history = new HistoryReads(reads);
        QueryTimer timer = new QueryTimer(metrics);
        environment.jersey().register(new HistoryResource(history, fleet, timer, clock));
        environment.jersey().register(new CoverageResource(history, timer, clock));
        FleetReads fleetReads = new FleetReads(reads, Visibility.EVERYTHING);
        environment.jersey().register(new FleetResource(fleetReads, timer, clock));
        environment.jersey().register(new TotalsResource(fleetReads, timer, clock));
        environment.jersey().register(new AlertsResource(alertReads, board));
        environment.jersey().register(new RulesResource(settings.rules()));
        return new ApiAssembly(fleet, feed, sockets);
    }

    /** The live picture. */
    public LiveFleet fleet() {
        return fleet;
    }

    /** The feed, for further clients of this process. */
    public LiveFeed feed() {
        return feed;
    }

    /** WebSockets open now. */
    public int sockets() {
        return sockets.open();
    }
}
