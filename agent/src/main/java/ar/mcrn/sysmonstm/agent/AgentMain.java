package ar.mcrn.sysmonstm.agent;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The agent as a program of its own. Ends with 0 when it was stopped, 1 where a setting cannot be, 2 for wrong usage. */
@Command(
        name = "agent",
        mixinStandardHelpOptions = true,
        versionProvider = AgentMain.Version.class,
        description = "Samples this machine and streams it to a sysmonstm aggregator.",
        footer = {
            "",
            "Environment (options win over it):",
            "  COLLECTOR_AGGREGATOR_URL       host:port, dns:///host:port, http(s)://host:port",
            "  COLLECTOR_MACHINE_ID           name of this machine; default: its host name",
            "  COLLECTOR_COLLECTION_INTERVAL  seconds from 0.25 to 60; default: 1",
            "  COLLECTOR_TOKEN[_FILE]         token that the aggregator asks for",
            "  COLLECTOR_LABELS               name=value,...",
            "  COLLECTOR_SPOOL_DIR            folder that keeps samples; default: see README",
            "  COLLECTOR_SPOOL_BYTES          1MiB to 16GiB; default: 256MiB",
            "  COLLECTOR_HOST_ROOT            in a container: where the root of the machine is mounted; default: /",
            "  LOG_LEVEL, LOG_FORMAT          error, warn, info, debug, trace; text, json"
        })
public final class AgentMain implements Callable<Integer> {
    @Option(
            names = "--aggregator",
            paramLabel = "ADDRESS",
            description = "Where to stream to; default: localhost:50051.")
    private Optional<String> aggregator = Optional.empty();

    @Option(names = "--machine", paramLabel = "ID", description = "Name of this machine; default: its host name.")
    private Optional<String> machine = Optional.empty();

    @Option(names = "--interval", paramLabel = "SECONDS", description = "Collect interval; default: 1.")
    private Optional<String> interval = Optional.empty();

    private final Map<String, String> environment;

    AgentMain(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Runs until stopped by a signal. */
    public static void main(String[] args) {
        System.setProperty("java.util.logging.manager", AgentLogging.Manager.class.getName());
        System.exit(new CommandLine(new AgentMain(System.getenv()))
                .setParameterExceptionHandler((failure, arguments) -> {
                    System.err.println("sysmon agent: " + failure.getMessage() + " (see sysmon agent --help)");
                    return CommandLine.ExitCode.USAGE;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws InterruptedException {
        Agent agent;
        try {
            AgentConfig config = config();
            AgentLogging.configure(config.logLevel(), config.logFormat());
            agent = new Agent(config);
        } catch (ConfigurationException e) {
            System.err.println(e.getMessage());
            return 1;
        }
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("agent-stop").unstarted(() -> {
                    agent.close();
                    // Being stopped is what was wanted: not the 143 or 130 of a process that a signal ended.
                    Runtime.getRuntime().halt(0);
                }));
        agent.start();
        new CountDownLatch(1).await();
        return 0;
    }

    AgentConfig config() {
        Map<String, String> settings = new HashMap<>(environment);
        aggregator.ifPresent(value -> settings.put(AgentConfig.AGGREGATOR[0], value));
        machine.ifPresent(value -> settings.put(AgentConfig.MACHINE[0], value));
        interval.ifPresent(value -> settings.put(AgentConfig.INTERVAL, value));
        return AgentConfig.fromEnvironment(settings, HostName::ofThisMachine);
    }

    /** Version of the jar. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"sysmonstm agent " + AgentVersion.TEXT};
        }
    }
}
