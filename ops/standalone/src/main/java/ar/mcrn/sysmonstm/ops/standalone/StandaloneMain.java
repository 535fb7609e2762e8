package ar.mcrn.sysmonstm.ops.standalone;

import ar.mcrn.sysmonstm.agent.Agent;
import ar.mcrn.sysmonstm.agent.AgentConfig;
import ar.mcrn.sysmonstm.agent.ConfigurationException;
import ar.mcrn.sysmonstm.agent.HostName;
import ar.mcrn.sysmonstm.aggregator.AggregatorConfiguration;
import ar.mcrn.sysmonstm.alerts.service.AlertsConfiguration;
import ar.mcrn.sysmonstm.api.ApiConfiguration;
import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.EnvironmentVariables;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;
import ar.mcrn.sysmonstm.ops.runtime.service.ConfigurationReader;
import ar.mcrn.sysmonstm.ops.runtime.service.OldGeneration;
import ar.mcrn.sysmonstm.ops.runtime.service.RunningService;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceOptions;
import ar.mcrn.sysmonstm.ops.runtime.service.UsageErrors;
import ar.mcrn.sysmonstm.ops.standalone.postgres.PostgresServer;
import ch.qos.logback.classic.Level;
import com.codahale.metrics.MetricRegistry;
import io.dropwizard.jersey.validation.Validators;
import io.dropwizard.logging.common.BootstrapLogging;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code ./sysmon up}: everything in one process. Prints exactly one line to standard output, the address to open, when it
 * serves; progress and logs go to standard error. Stops on SIGINT or SIGTERM within 10 s. Exit codes: 0 stopped as wanted,
 * 1 could not start, 2 wrong usage.
 */
@Command(
        name = "sysmon up",
        description =
                "Everything in one process: embedded PostgreSQL, aggregator, api, alerts and an agent of this machine.",
        mixinStandardHelpOptions = true,
        versionProvider = StandaloneMain.Version.class)
public final class StandaloneMain implements Callable<Integer> {
    private static final long STOP_SECONDS = 10;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "where everything is kept (default ~/.local/share/sysmonstm)")
    private Path data = Path.of(System.getProperty("user.home"), ".local", "share", "sysmonstm");

    @Option(names = "--no-agent", description = "do not sample this machine")
    private boolean noAgent;

    @Mixin
    private final ServiceOptions options = new ServiceOptions();

    private StandaloneMain() {}

    /** Does not return. */
    public static void main(String[] arguments) {
        BootstrapLogging.bootstrap(Level.WARN);
        System.exit(new CommandLine(new StandaloneMain())
                .setParameterExceptionHandler(UsageErrors.of("up"))
                .execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            serve();
            return 0;
        } catch (ConfigurationProblem | ConfigurationException e) {
            System.err.println("sysmon up: " + e.getMessage());
        } catch (IOException e) {
            System.err.println("sysmon up: embedded database: " + e.getMessage());
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            System.err.println("sysmon up: cannot start: " + e);
        }
        return 1;
    }

    private void serve() throws Exception {
        ConfigurationReader reader =
                new ConfigurationReader(EnvironmentVariables.ofProcess(), Validators.newValidator());
        ApiConfiguration api = reader.read(ApiConfiguration.class, "api.yaml", options.withoutGrpc());
        AggregatorConfiguration aggregator = reader.read(AggregatorConfiguration.class, "aggregator.yaml", options);
        AlertsConfiguration alerts = reader.read(AlertsConfiguration.class, "alerts.yaml", options.withoutGrpc());
        api.getLoggingFactory().configure(new MetricRegistry(), "sysmonstm");
        Logger log = LoggerFactory.getLogger(StandaloneMain.class);
        Optional<IntFunction<Agent>> agents = noAgent
                ? Optional.empty()
                : Optional.of(agents(
                        aggregator.bind(),
                        aggregator.settings().grpc().token(),
                        DataFolder.spool(data.toAbsolutePath())));

        // Set before anything is started, so that a signal during the start leaves no database behind.
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndWait(stop, stopped), "stop"));
        try (DataFolder folder = DataFolder.lock(data.toAbsolutePath())) {
            // Told before a database is made and started for nothing.
            checkFree("http", api.bind(), api.httpPort());
            checkFree("grpc", aggregator.bind(), aggregator.grpcPort());
            checkFree("admin", api.bind(), api.adminPort());
            log.info("starting: data={}", data);
            try (PostgresServer postgres = PostgresServer.start(folder.database())) {
                StandaloneApplication application =
                        new StandaloneApplication(postgres.url(), aggregator.settings(), alerts.settings(), agents);
                try (RunningService running = RunningService.start(application, api)) {
                    log.info(
                            "started: http={}, grpc={}, admin={}, database={}",
                            running.httpPort(),
                            application.grpcPort(),
                            running.adminPort(),
                            postgres.pid());
                    System.out.println("http://" + shown(api.bind()) + ":" + running.httpPort());
                    System.out.flush();
                    OldGeneration.careUntil(stop);
                    log.info("stopping");
                }
            }
            log.info("stopped: data={}", data);
        } finally {
            stopped.countDown();
        }
    }

    private static void checkFree(String option, String bind, int port) throws UnknownHostException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(bind), port);
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
        } catch (IOException e) {
            throw new ConfigurationProblem("port " + port + " on " + bind + " cannot be had (" + e.getMessage()
                    + "); stop what uses it or give another one with --" + option);
        }
    }

    private static void stopAndWait(CountDownLatch stop, CountDownLatch stopped) {
        if (stopped.getCount() == 0) {
            // Ended by itself, with an exit code of its own.
            return;
        }
        stop.countDown();
        try {
            if (!stopped.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("sysmon up: did not stop within " + STOP_SECONDS
                        + " s; the database recovers at the next start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // What was wanted has been done: not the 130 or 143 of a process that a signal ended.
        Runtime.getRuntime().halt(0);
    }

    /** Makes the local agent, which takes its name, interval and labels from the agent's own variables. */
    private static IntFunction<Agent> agents(String bind, Secret token, Path spool) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.remove("AGGREGATOR_URL");
        environment.putIfAbsent("COLLECTOR_TOKEN", token.reveal());
        environment.put("COLLECTOR_SPOOL_DIR", spool.toString());
        // Checked now, so that a wrong value stops the start before anything runs.
        AgentConfig.fromEnvironment(withAggregator(environment, bind, 1), HostName::ofThisMachine);
        return port -> Agent.open(
                AgentConfig.fromEnvironment(withAggregator(environment, bind, port), HostName::ofThisMachine));
    }

    private static Map<String, String> withAggregator(Map<String, String> environment, String bind, int port) {
        Map<String, String> settings = new HashMap<>(environment);
        settings.put("COLLECTOR_AGGREGATOR_URL", shown(bind) + ":" + port);
        return settings;
    }

    /** Address that a client on this machine uses for a bind: loopback where all addresses are bound. */
    private static String shown(String bind) {
        try {
            InetAddress address = InetAddress.getByName(bind);
            String host = address.isAnyLocalAddress() ? "127.0.0.1" : bind;
            return host.contains(":") ? "[" + host + "]" : host;
        } catch (UnknownHostException e) {
            return bind;
        }
    }

    /** Version of the jar. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = StandaloneMain.class.getPackage().getImplementationVersion();
            return new String[] {"sysmonstm " + (version == null ? "unpackaged" : version)};
        }
    }
}
