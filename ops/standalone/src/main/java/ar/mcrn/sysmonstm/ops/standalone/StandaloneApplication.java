package ar.mcrn.sysmonstm.ops.standalone;

import ar.mcrn.sysmonstm.agent.Agent;
import ar.mcrn.sysmonstm.aggregator.AggregatorAssembly;
import ar.mcrn.sysmonstm.aggregator.AggregatorSettings;
import ar.mcrn.sysmonstm.alerts.service.AlertStateSeed;
import ar.mcrn.sysmonstm.alerts.service.AlertsAssembly;
import ar.mcrn.sysmonstm.alerts.service.AlertsSettings;
import ar.mcrn.sysmonstm.api.ApiAssembly;
import ar.mcrn.sysmonstm.api.ApiConfiguration;
import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.ops.runtime.database.DatabaseUrl;
import ar.mcrn.sysmonstm.ops.runtime.inprocess.InProcessEventBus;
import ar.mcrn.sysmonstm.ops.runtime.inprocess.InProcessHotState;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.service.SeparateProcess;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceContext;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import io.dropwizard.core.Application;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.Managed;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything but the relay in one Dropwizard application. Started in the order of {@link #run} and stopped in reverse: the
 * agent first, then the doors of api and aggregator, the ring, the history's last commit, bus and connection pool; the
 * database itself belongs to {@link StandaloneMain} and is stopped last of all.
 */
final class StandaloneApplication extends Application<ApiConfiguration> {
    private static final Logger LOG = LoggerFactory.getLogger(StandaloneApplication.class);
    private static final int CONNECTIONS = 12;

    private final DatabaseUrl databaseUrl;
    private final AggregatorSettings aggregatorSettings;
    private final AlertsSettings alertsSettings;
    private final Optional<IntFunction<Agent>> agents;
    private AggregatorAssembly aggregator;

    /**
     * Of checked settings.
     *
     * @param agents makes the local agent for a gRPC port; empty for none
     */
    StandaloneApplication(
            DatabaseUrl databaseUrl,
            AggregatorSettings aggregatorSettings,
            AlertsSettings alertsSettings,
            Optional<IntFunction<Agent>> agents) {
        this.databaseUrl = databaseUrl;
        this.aggregatorSettings = aggregatorSettings;
        this.alertsSettings = alertsSettings;
        this.agents = agents;
    }

    @Override
    public String getName() {
        return "sysmonstm";
    }

    @Override
    public void run(ApiConfiguration configuration, Environment environment) {
        Telemetry telemetry = new Telemetry("standalone");
        Readiness readiness = new Readiness();
        SeparateProcess.serve(environment, telemetry, readiness);
        Database database = new Database(databaseUrl, "standalone", CONNECTIONS);
        environment.lifecycle().manage(closing(database));
        InProcessEventBus bus = new InProcessEventBus();
        environment.lifecycle().manage(closing(bus));
        ServiceContext context =
                new ServiceContext(environment, telemetry, readiness, new InProcessHotState(bus), bus, database);

        // A dependency of its own: what two report of one would undo each other's word.
        AlertsAssembly.assemble(
                alertsSettings, context.forService("alerts"), readiness.dependency("alert history", false));
        ApiAssembly.assemble(configuration.settings().withoutDependencyWatch(), context.forService("api"));
        environment.lifecycle().manage(new AlertSeeding(context));
        aggregator = AggregatorAssembly.assemble(aggregatorSettings, context.forService("aggregator"));
        agents.ifPresent(agent -> environment.lifecycle().manage(new LocalAgent(agent, aggregator)));
    }

    /** Port that agents stream to; known once started. */
    int grpcPort() {
        return aggregator.grpcPort();
    }

    private static Managed closing(AutoCloseable closeable) {
        return new Managed() {
            @Override
            public void stop() throws Exception {
                closeable.close();
            }
        };
    }

    /** Before agents are let in: alerts that were under way go on under the same id. */
    private record AlertSeeding(ServiceContext context) implements Managed {
        @Override
        public void start() throws BusException {
            try {
                int machines = AlertStateSeed.seed(context.database(), context.hot());
                LOG.info("alert state restored: machines={}", machines);
            } catch (JdbiException e) {
                // Also the first start of all, when there is no schema yet.
                LOG.info(
                        "no alert state to restore: reason={}",
                        e.getMessage().lines().findFirst().orElse(""));
            }
        }
    }

    /** This machine's own agent; speaks gRPC over loopback as any other does. */
    private static final class LocalAgent implements Managed {
        private final IntFunction<Agent> agents;
        private final AggregatorAssembly aggregator;
        private Agent agent;

        LocalAgent(IntFunction<Agent> agents, AggregatorAssembly aggregator) {
            this.agents = agents;
            this.aggregator = aggregator;
        }

        @Override
        public void start() {
            agent = agents.apply(aggregator.grpcPort());
            agent.start();
        }

        @Override
        public void stop() {
            if (agent != null) {
                agent.close();
            }
        }
    }
}
