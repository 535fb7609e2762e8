package ar.mcrn.sysmonstm.agent;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;

/** The agent as a program of its own. Ends with 0 when it was stopped, 1 where a setting cannot be, 2 for wrong usage. */
public final class AgentMain {
    private static final int BAD_SETTING = 1;
    private static final int WRONG_USAGE = 2;
    /** The JVM by itself collects what has grown old only when the heap is at its bound, so that it would grow up to there. */
    private static final Duration COLLECT_EVERY = Duration.ofMinutes(10);

    private AgentMain() {}

    /** Runs until stopped by a signal. */
    public static void main(String[] args) throws InterruptedException {
        System.setProperty("java.util.logging.manager", AgentLogging.Manager.class.getName());
        OptionalInt code = start(System.getenv(), System.out, System.err, args);
        if (code.isPresent()) {
            System.exit(code.getAsInt());
        }
        while (true) {
            Thread.sleep(COLLECT_EVERY);
            System.gc();
        }
    }

    /** Starts the agent, which runs until the process is stopped; where there is nothing to run, the exit code. */
    static OptionalInt start(Map<String, String> environment, PrintStream out, PrintStream err, String... arguments) {
        CommandLine line;
        try {
            line = CommandLine.parse(arguments);
        } catch (IllegalArgumentException e) {
            err.println("sysmon agent: " + e.getMessage() + " (see sysmon agent --help)");
            return OptionalInt.of(WRONG_USAGE);
        }
        if (line.help()) {
            out.print(CommandLine.HELP);
            return OptionalInt.of(0);
        }
        if (line.version()) {
            out.println("sysmonstm agent " + AgentVersion.TEXT);
            return OptionalInt.of(0);
        }
        Agent agent;
        try {
            AgentConfig config = AgentConfig.fromEnvironment(line.over(environment), HostName::ofThisMachine);
            AgentLogging.configure(config.logLevel(), config.logFormat());
            if (!config.aggregator().tls()) {
                PlaintextOnly.set();
            }
            agent = Agent.open(config);
        } catch (ConfigurationException e) {
            err.println(e.getMessage());
            return OptionalInt.of(BAD_SETTING);
        }
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("agent-stop").unstarted(() -> {
                    agent.close();
                    // Being stopped is what was wanted: not the 143 or 130 of a process that a signal ended.
                    Runtime.getRuntime().halt(0);
                }));
        agent.start();
        return OptionalInt.empty();
    }
}
