package ar.mcrn.sysmonstm.ops.standalone;

import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.ops.runtime.configuration.EnvironmentVariables;
import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.ops.runtime.database.DatabaseUrl;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.redis.RedisHotState;
import ar.mcrn.sysmonstm.ops.runtime.redis.RedisLink;
import ar.mcrn.sysmonstm.ops.runtime.redis.RedisSettings;
import ar.mcrn.sysmonstm.ops.standalone.postgres.PostgresServer;
import ch.qos.logback.classic.Level;
import io.dropwizard.logging.common.BootstrapLogging;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code ./sysmon doctor}: asks everything that this machine's services need whether it is there, and says what to do. With
 * {@code TIMESCALE_URL} or {@code REDIS_URL} set it looks at those; without, at the single process of a data folder. Exit
 * codes: 0 all well, 1 something is missing, 2 wrong usage.
 */
@Command(name = "sysmon doctor", description = "Says what is missing or wrong.", mixinStandardHelpOptions = true)
public final class DoctorMain implements Callable<Integer> {
    private static final double LEAST_FREE = 0.15;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "data folder of the single process (default ~/.local/share/sysmonstm)")
    private Path data = Path.of(System.getProperty("user.home"), ".local", "share", "sysmonstm");

    private final EnvironmentVariables environment;
    private final PrintStream out;
    private boolean ill;

    DoctorMain(EnvironmentVariables environment, PrintStream out) {
        this.environment = environment;
        this.out = out;
    }

    /** Does not return. */
    public static void main(String[] arguments) {
        BootstrapLogging.bootstrap(Level.ERROR);
        System.exit(new CommandLine(new DoctorMain(EnvironmentVariables.ofProcess(), System.out)).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Optional<String> database = environment.find("TIMESCALE_URL");
        Optional<String> redis = environment.find("REDIS_URL");
        well("java", System.getProperty("java.vm.vendor") + " " + Runtime.version());
        if (database.isEmpty() && redis.isEmpty()) {
            embedded();
        }
        database.ifPresent(this::database);
        redis.ifPresent(this::redis);
        return ill ? 1 : 0;
    }

    private void embedded() throws IOException {
        Path folder = data.toAbsolutePath().resolve("database");
        if (!Files.isDirectory(folder)) {
            bad("data folder", data + " holds no database yet: run ./sysmon up, or set TIMESCALE_URL and REDIS_URL");
            return;
        }
        space(folder);
        Optional<ProcessHandle> server = PostgresServer.running(folder.resolve("data"));
        if (server.isEmpty()) {
            bad("database", "the embedded database of " + data + " is not running: run ./sysmon up");
            return;
        }
        database(PostgresServer.kept(folder));
    }

    private void space(Path folder) throws IOException {
        var store = Files.getFileStore(folder);
        double free = (double) store.getUsableSpace() / store.getTotalSpace();
        String said = String.format(Locale.ROOT, "%.0f %% free (%d GiB)", free * 100, store.getUsableSpace() >> 30);
        if (free < LEAST_FREE) {
            bad("disk", said + ": make room, or keep raw samples for a shorter time");
        } else {
            well("disk", said);
        }
    }

    private void database(String text) {
        try {
            database(DatabaseUrl.parse(text));
        } catch (IllegalArgumentException e) {
            bad("database", "TIMESCALE_URL " + e.getMessage());
        }
    }

    private void database(DatabaseUrl url) {
        try (Database pool = new Database(url, "doctor", 1);
                Connection connection = pool.connection();
                Statement statement = connection.createStatement()) {
            well("database", url + ", PostgreSQL " + one(statement, "show server_version"));
            for (String setting : new String[] {"fsync", "synchronous_commit", "full_page_writes"}) {
                String value = one(statement, "show " + setting);
                if (value.equals("off")) {
                    bad("durability", setting + "=off: a power cut can lose acknowledged samples; set it on");
                }
            }
            if (one(statement, "select to_regclass('host_sample') is null").equals("t")) {
                bad("schema", "not there yet: start the aggregator, which makes it");
                return;
            }
            well("history", one(statement, """
                    select mode || ' mode, ' || (select count(*) from machine) || ' machines, '
                      || pg_size_pretty(pg_database_size(current_database())) || ' in all, oldest sample '
                      || coalesce((select min(time)::text from host_sample), 'none')
                    from history_mode
                    """));
        } catch (SQLException e) {
            bad("database", url + " cannot be used: " + firstLine(e));
        }
    }

    private static String one(Statement statement, String question) throws SQLException {
        try (ResultSet rows = statement.executeQuery(question)) {
            return rows.next() ? String.valueOf(rows.getString(1)) : "";
        }
    }

    private void redis(String text) {
        try {
            RedisSettings settings = RedisSettings.parse(text);
            Dependency unused = new Readiness().dependency("redis", true);
            try (RedisLink link = new RedisLink(settings.url(), "doctor", unused)) {
                RedisHotState hot = new RedisHotState(link);
                well("redis", settings + ", " + hot.lastSeen().size() + " machines");
            }
        } catch (IllegalArgumentException e) {
            bad("redis", "REDIS_URL " + e.getMessage());
        } catch (BusException e) {
            bad("redis", text.replaceAll("//[^@/]*@", "//") + " cannot be used: " + e.getMessage());
        }
    }

    private static String firstLine(SQLException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }

    private void well(String what, String said) {
        out.println("ok    " + what + ": " + said);
    }

    private void bad(String what, String said) {
        ill = true;
        out.println("FAIL  " + what + ": " + said);
    }
}
