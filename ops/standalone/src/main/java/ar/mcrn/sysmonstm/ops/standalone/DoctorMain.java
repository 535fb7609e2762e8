package ar.mcrn.sysmonstm.ops.standalone;

import ar.mcrn.sysmonstm.aggregator.retention.DiskSpace;
import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.ops.runtime.configuration.EnvironmentVariables;
import ar.mcrn.sysmonstm.ops.runtime.database.DatabaseUrl;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.redis.RedisHotState;
import ar.mcrn.sysmonstm.ops.runtime.redis.RedisLink;
import ar.mcrn.sysmonstm.ops.runtime.redis.RedisSettings;
import ar.mcrn.sysmonstm.ops.runtime.service.UsageErrors;
import ar.mcrn.sysmonstm.ops.standalone.doctor.DatabaseExamination;
import ar.mcrn.sysmonstm.ops.standalone.doctor.Findings;
import ar.mcrn.sysmonstm.ops.standalone.doctor.StoppedDatabase;
import ar.mcrn.sysmonstm.ops.standalone.doctor.compose.ComposeExamination;
import ar.mcrn.sysmonstm.ops.standalone.doctor.compose.HostCommands;
import ar.mcrn.sysmonstm.ops.standalone.postgres.PostgresServer;
import ch.qos.logback.classic.Level;
import io.dropwizard.logging.common.BootstrapLogging;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code ./sysmon doctor}: asks everything that this machine's services need whether it is there, and says what to do. With
 * {@code TIMESCALE_URL} or {@code REDIS_URL} set it looks at those; without, at the single process of a data folder; with
 * {@code --compose} at the containers of this host. It only reads. Exit codes: 0 all well, 1 a person must act, 2 wrong usage.
 */
@Command(name = "sysmon doctor", description = "Says what is missing or wrong.", mixinStandardHelpOptions = true)
public final class DoctorMain implements Callable<Integer> {
    private static final Duration COMMAND = Duration.ofSeconds(20);

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "data folder of the single process (default ~/.local/share/sysmonstm)")
    private Path data = Path.of(System.getProperty("user.home"), ".local", "share", "sysmonstm");

    @Option(names = "--compose", description = "look at the compose deployment of this host")
    private boolean compose;

    @Option(
            names = "--project",
            paramLabel = "NAME",
            description = "with --compose: name of the project (default COMPOSE_PROJECT_NAME, or sysmonstm)")
    private String project = "";

    @Option(names = "--json", description = "one JSON object instead of lines")
    private boolean json;

    private final EnvironmentVariables environment;
    private final PrintStream out;
    private final HostCommands commands;
    private final Path root;
    private final Findings findings = new Findings();
    private final DatabaseExamination examination = new DatabaseExamination(findings);

    DoctorMain(EnvironmentVariables environment, PrintStream out) {
        this(environment, out, HostCommands.real(COMMAND), Path.of(System.getProperty("sysmonstm.root", "")));
    }

    DoctorMain(EnvironmentVariables environment, PrintStream out, HostCommands commands, Path root) {
        this.environment = environment;
        this.out = out;
        this.commands = commands;
        this.root = root.toAbsolutePath();
    }

    /** Does not return. */
    public static void main(String[] arguments) {
        BootstrapLogging.bootstrap(Level.ERROR);
        System.exit(new CommandLine(new DoctorMain(EnvironmentVariables.ofProcess(), System.out))
                .setParameterExceptionHandler(UsageErrors.of("doctor"))
                .execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        findings.well("java", System.getProperty("java.vm.vendor") + " " + Runtime.version());
        if (compose) {
            new ComposeExamination(root, project, environment.values(), commands, findings).examine();
        } else {
            Optional<String> database = environment.find("TIMESCALE_URL");
            Optional<String> redis = environment.find("REDIS_URL");
            if (database.isEmpty() && redis.isEmpty()) {
                embedded();
            }
            database.ifPresent(this::database);
            redis.ifPresent(this::redis);
        }
        if (json) {
            findings.printJson(out);
        } else {
            findings.print(out);
        }
        return findings.areWell() ? 0 : 1;
    }

    private void embedded() throws IOException {
        Path folder = data.toAbsolutePath().resolve("database");
        if (!Files.isDirectory(folder)) {
            findings.act(
                    "data folder",
                    data + " holds no database yet",
                    "run ./sysmon up, or set TIMESCALE_URL and REDIS_URL");
            return;
        }
        DiskSpace disk = DiskSpace.of(folder);
        examination.space(disk);
        Path files = folder.resolve("data");
        if (PostgresServer.running(files).isEmpty()) {
            stopped(files);
            return;
        }
        examination.examine(PostgresServer.kept(folder), Optional.of(disk));
    }

    /** What can be said of a database that does not run: that it is there, how large, and since when it was not written. */
    private void stopped(Path files) throws IOException {
        if (Files.exists(files.resolve("PG_VERSION"))) {
            StoppedDatabase stopped = StoppedDatabase.of(files);
            findings.figure("databaseBytes", stopped.bytes());
            findings.well("data", stopped.said());
        }
        findings.act(
                "database",
                "the embedded database of " + data + " is not running",
                "run ./sysmon up; mode, tiers, growth and rollups can be seen then");
    }

    private void database(String text) {
        try {
            examination.examine(DatabaseUrl.parse(text), Optional.empty());
        } catch (IllegalArgumentException e) {
            findings.act("database", "TIMESCALE_URL " + e.getMessage(), "correct it");
        }
    }

    private void redis(String text) {
        try {
            RedisSettings settings = RedisSettings.parse(text);
            Dependency unused = new Readiness().dependency("redis", true);
            try (RedisLink link = new RedisLink(settings.url(), "doctor", unused)) {
                RedisHotState hot = new RedisHotState(link);
                findings.well("redis", settings + ", " + hot.lastSeen().size() + " machines");
            }
        } catch (IllegalArgumentException e) {
            findings.act("redis", "REDIS_URL " + e.getMessage(), "correct it");
        } catch (BusException e) {
            findings.act(
                    "redis",
                    text.replaceAll("//[^@/]*@", "//") + " cannot be used",
                    e.getMessage() + "; see that it runs and takes this address");
        }
    }
}
