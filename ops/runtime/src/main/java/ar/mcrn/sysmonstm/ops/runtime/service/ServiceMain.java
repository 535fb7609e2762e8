package ar.mcrn.sysmonstm.ops.runtime.service;

import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.EnvironmentVariables;
import ch.qos.logback.classic.Level;
import io.dropwizard.core.Application;
import io.dropwizard.jersey.validation.Validators;
import io.dropwizard.logging.common.BootstrapLogging;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Main of every service that has the process for itself. Exit codes: 0 stopped as wanted, 1 could not start or go on, 2 wrong
 * usage. Nothing is printed to standard output but the ports, where one was chosen by the system.
 */
public final class ServiceMain {
    private ServiceMain() {}

    /**
     * Reads the configuration, starts the service and waits for SIGTERM or SIGINT. Does not return.
     *
     * @param name of the service and of its YAML, such as {@code api} for {@code /api.yaml}
     */
    public static <C extends ServiceConfiguration> void run(
            String name, Application<C> application, Class<C> configuration, String... arguments) {
        BootstrapLogging.bootstrap(Level.WARN);
        Arguments given = new Arguments();
        CommandLine commandLine = new CommandLine(given).setCommandName("sysmon " + name);
        offerOnly(commandLine.getCommandSpec(), configuration, name);
        try {
            commandLine.parseArgs(arguments);
        } catch (CommandLine.ParameterException e) {
            exit(name, 2, e.getMessage() + " (see sysmon " + name + " --help)");
        }
        if (given.help) {
            commandLine.usage(System.out);
            System.exit(0);
        }
        given.options.config = given.config;
        try {
            C settings = new ConfigurationReader(EnvironmentVariables.ofProcess(), Validators.newValidator())
                    .read(configuration, name + ".yaml", given.options);
            RunningService running = RunningService.start(application, settings);
            LoggerFactory.getLogger(ServiceMain.class)
                    .info(
                            "started: service={}, {}admin={}",
                            name,
                            running.httpPort() < 0 ? "" : "http=" + running.httpPort() + ", ",
                            running.adminPort());
            printChosenPorts(settings, running);
            waitForEnd(running, settings);
        } catch (ConfigurationProblem e) {
            exit(name, 1, e.getMessage());
        } catch (Exception e) {
            LoggerFactory.getLogger(ServiceMain.class).debug("start failed", e);
            exit(name, 1, "cannot start: " + rootMessage(e));
        }
    }

    /** Takes away options for ports that the service does not have. */
    private static void offerOnly(CommandLine.Model.CommandSpec command, Class<?> configuration, String name) {
        Map.of(ServiceOptions.HTTP, ServiceOptions.HTTP_KEY, ServiceOptions.GRPC, ServiceOptions.GRPC_KEY)
                .forEach((option, key) -> {
                    if (!ConfigurationReader.has(configuration, name + ".yaml", key)) {
                        command.remove(command.findOption(option));
                    }
                });
    }

    /** What a service that has the process for itself takes. */
    private static final class Arguments {
        @Mixin
        private final ServiceOptions options = new ServiceOptions();

        @Option(names = "--config", paramLabel = "FILE", description = "YAML configuration instead of the built-in one")
        private Path config;

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "print this help")
        private boolean help;
    }

    private static void printChosenPorts(ServiceConfiguration settings, RunningService running) {
        if (settings.httpPort() == 0) {
            System.out.println("http=" + running.httpPort());
        }
        if (settings.adminPort() == 0) {
            System.out.println("admin=" + running.adminPort());
        }
        System.out.flush();
    }

    private static void waitForEnd(RunningService running, ServiceConfiguration settings) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            int code = 0;
            try {
                running.close();
            } catch (IllegalStateException e) {
                System.err.println("stop was not clean: " + rootMessage(e));
                code = 1;
            }
            settings.getLoggingFactory().stop();
            // Being stopped is what was wanted: not the 143 or 130 of a process that a signal ended.
            Runtime.getRuntime().halt(code);
        }));
        OldGeneration.careUntil(new CountDownLatch(1));
    }

    private static String rootMessage(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    private static void exit(String name, int code, String message) {
        System.err.println("sysmon " + name + ": " + message);
        System.exit(code);
    }
}
