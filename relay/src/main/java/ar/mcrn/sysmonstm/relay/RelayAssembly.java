package ar.mcrn.sysmonstm.relay;

import ar.mcrn.sysmonstm.ops.runtime.pages.DashboardServlet;
import ar.mcrn.sysmonstm.ops.runtime.pages.HostCheck;
import ar.mcrn.sysmonstm.ops.runtime.pages.SecurityFilter;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketLimits;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSockets;
import io.dropwizard.core.setup.Environment;
import jakarta.servlet.DispatcherType;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * The relay's parts in start order: mirror, hub, {@code /feed}, {@code /ws}, and the dashboard at {@code /}. Jersey must be
 * mounted below {@code /}, for its mapping would hide the dashboard.
 *
 * @param feeds the socket of the api
 * @param viewers the sockets of those who look
 */
public record RelayAssembly(WebSockets feeds, WebSockets viewers) {
    /** A snapshot of 10,000 machines of all their series. */
    private static final int FEED_BYTES = 64 << 20;

    private static final int FEED_MESSAGES_PER_SECOND = 1_000;
    /** One feed and a few that are told that it is busy. */
    private static final int FEED_SOCKETS = 8;

    private static final int VIEWER_BYTES = 64 << 10;
    private static final int VIEWER_MESSAGES_PER_SECOND = 10;

    /** Builds everything and leaves its start and stop to the environment; before its server starts. */
    public static RelayAssembly assemble(
            RelaySettings settings, Environment environment, Telemetry telemetry, Readiness readiness) {
        RelayHub hub = new RelayHub(
                new Mirror(settings.maxMachines(), settings.maxBytes()),
                new RelayMetrics(telemetry),
                readiness.dependency("origin", false),
                Clock.systemUTC());
        environment.lifecycle().manage(hub);
        WebSockets feeds = WebSockets.add(
                environment,
                "/feed",
                new WebSocketLimits(
                        FEED_SOCKETS,
                        0,
                        FEED_BYTES,
                        FEED_MESSAGES_PER_SECOND,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(25)),
                new FeedEndpoint(hub, settings.token()));
        WebSockets viewers = WebSockets.add(
                environment,
                "/ws",
                new WebSocketLimits(
                        settings.maxSockets(),
                        settings.maxSocketsPerIp(),
                        VIEWER_BYTES,
                        VIEWER_MESSAGES_PER_SECOND,
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(60)),
                new ViewerEndpoint(hub));
        environment
                .servlets()
                .addFilter("security", new SecurityFilter(new HostCheck(Set.of())))
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
        environment.servlets().addServlet("dashboard", new DashboardServlet()).addMapping("/");
        telemetry.gauge("sysmonstm_relay_viewers", "Viewers connected", viewers::open);
        telemetry.counterFrom("sysmonstm_relay_viewers_refused", "Viewers refused over a limit", viewers::refused);
        telemetry.counterFrom("sysmonstm_relay_feeds_refused", "Feeds refused: wrong token or page", feeds::refused);
        return new RelayAssembly(feeds, viewers);
    }
}
