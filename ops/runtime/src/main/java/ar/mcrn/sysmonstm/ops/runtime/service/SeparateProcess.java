package ar.mcrn.sysmonstm.ops.runtime.service;

import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.ops.runtime.readiness.HealthServlet;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.readiness.ReadinessMetrics;
import ar.mcrn.sysmonstm.ops.runtime.readiness.ReadyServlet;
import ar.mcrn.sysmonstm.ops.runtime.redis.RedisEventBus;
import ar.mcrn.sysmonstm.ops.runtime.redis.RedisHotState;
import ar.mcrn.sysmonstm.ops.runtime.redis.RedisLink;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.HistogramsServlet;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.MetricsServlet;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import com.codahale.metrics.health.HealthCheck;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.Managed;

/** What a service that has the process for itself runs on: Redis, a database pool, its own telemetry and readiness. */
public final class SeparateProcess {
    private SeparateProcess() {}

    /**
     * Makes the context and serves {@code /metrics}, {@code /histograms}, {@code /health} and {@code /ready}. Neither Redis nor the database
     * need be there.
     *
     * @param redisCritical whether the service is of no use without Redis
     */
    public static ServiceContext context(
            String service, ServiceConfiguration configuration, Environment environment, boolean redisCritical) {
        Telemetry telemetry = new Telemetry(service);
        Readiness readiness = new Readiness();
        serve(environment, telemetry, readiness);
        RedisLink link =
                new RedisLink(configuration.redis().url(), service, readiness.dependency("redis", redisCritical));
        Database database = new Database(configuration.database(), service, configuration.databaseConnections());
        RedisEventBus bus = new RedisEventBus(link);
        environment.lifecycle().manage(stopping(database::close));
        environment.lifecycle().manage(stopping(link::close));
        environment.lifecycle().manage(stopping(bus::close));
        return new ServiceContext(environment, telemetry, readiness, new RedisHotState(link), bus, database);
    }

    /** Serves metrics on the admin port, health and readiness on both ports. */
    public static void serve(Environment environment, Telemetry telemetry, Readiness readiness) {
        environment.getAdminContext().setAttribute(RunningService.READINESS, readiness);
        ReadinessMetrics.register(telemetry, readiness);
        environment.healthChecks().register("ready", new HealthCheck() {
            @Override
            protected Result check() {
                return readiness.isUnavailable() ? Result.unhealthy("see /ready") : Result.healthy();
            }
        });
        environment
                .admin()
                .addServlet("prometheus", new MetricsServlet(telemetry))
                .addMapping("/metrics");
        environment
                .admin()
                .addServlet("histograms", new HistogramsServlet(telemetry))
                .addMapping("/histograms");
        environment.admin().addServlet("health-admin", new HealthServlet()).addMapping("/health");
        environment
                .admin()
                .addServlet("ready-admin", new ReadyServlet(readiness))
                .addMapping("/ready");
        environment.servlets().addServlet("health", new HealthServlet()).addMapping("/health");
        environment.servlets().addServlet("ready", new ReadyServlet(readiness)).addMapping("/ready");
    }

    private static Managed stopping(Runnable stop) {
        return new Managed() {
            @Override
            public void stop() {
                stop.run();
            }
        };
    }
}
