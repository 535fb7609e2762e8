package ar.mcrn.sysmonstm.ops.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.ops.runtime.configuration.EnvironmentVariables;
import ar.mcrn.sysmonstm.ops.runtime.testing.FreePorts;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import ar.mcrn.sysmonstm.ops.runtime.testing.RedisFixture;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DoctorMainTest {
    private record Finding(int code, String text) {}

    private static Finding examine(Map<String, String> environment, String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            int code = new CommandLine(new DoctorMain(new EnvironmentVariables(environment), out)).execute(arguments);
            return new Finding(code, bytes.toString(StandardCharsets.UTF_8));
        }
    }

    @Test
    void namesADatabaseAndARedisThatAreGone() {
        int port = FreePorts.next();
        Finding finding = examine(Map.of(
                "TIMESCALE_URL", "postgresql://user:s3cret@127.0.0.1:" + port + "/db",
                "REDIS_URL", "redis://:s3cret@127.0.0.1:" + port));
        assertThat(finding.code()).isEqualTo(1);
        assertThat(finding.text())
                .contains("FAIL  database: jdbc:postgresql://127.0.0.1:" + port + "/db cannot be used")
                .contains("FAIL  redis: redis://127.0.0.1:" + port + " cannot be used")
                .doesNotContain("s3cret");
    }

    @Test
    void saysThatBothAreThereAndThatTheSchemaIsMissing() {
        try (PostgresFixture postgres = PostgresFixture.start();
                RedisFixture redis = RedisFixture.start()) {
            Finding finding = examine(Map.of("TIMESCALE_URL", postgres.url(), "REDIS_URL", redis.url()));
            assertThat(finding.text())
                    .contains("ok    database: jdbc:postgresql://127.0.0.1")
                    .contains("ok    redis: redis://127.0.0.1")
                    .contains("FAIL  schema: not there yet");
            assertThat(finding.code()).isEqualTo(1);
        }
    }

    @Test
    void saysThatADataFolderHoldsNothing(@TempDir Path folder) {
        Finding finding = examine(Map.of(), "--data", folder.toString());
        assertThat(finding.code()).isEqualTo(1);
        assertThat(finding.text()).contains("FAIL  data folder: " + folder + " holds no database yet: run ./sysmon up");
        assertThat(examine(Map.of(), "--nonsense").code()).isEqualTo(2);
    }

    @Test
    void saysWhatAStoppedDatabaseHolds(@TempDir Path folder) throws IOException {
        Path data = folder.resolve("database/data");
        Files.createDirectories(data.resolve("pg_wal"));
        Files.writeString(data.resolve("PG_VERSION"), "18\n");
        Files.write(data.resolve("pg_wal/000000010000000000000001"), new byte[16 << 20]);
        Finding finding = examine(Map.of(), "--data", folder.toString());
        assertThat(finding.code()).isEqualTo(1);
        assertThat(finding.text())
                .contains("ok    data: PostgreSQL 18, 16 MiB in all, last written ")
                .contains("FAIL  database: the embedded database of " + folder + " is not running: run ./sysmon up");
    }

    @Test
    void saysHowHistoryIs() throws Exception {
        try (PostgresFixture postgres = PostgresFixture.start()) {
            migrate(postgres);
            execute(postgres, """
                    create table host_sample_all partition of host_sample default;
                    insert into machine (name) values ('web-1'), ('web-2');
                    insert into run (machine_id, run) values (1, 7);
                    insert into host_sample (machine_id, time, run_id, sequence, duration_millis, late, cpu_total)
                    select 1, now() - s * interval '1 minute', 1, 1000 - s, 60000, false, 100 from generate_series(0, 179) s;
                    """);
            Finding finding = examine(Map.of("TIMESCALE_URL", postgres.url()));
            assertThat(finding.code()).isEqualTo(1);
            assertThat(finding.text())
                    .contains("ok    durability: fsync, synchronous_commit, full_page_writes on")
                    .contains("ok    history: plain mode, 2 machines, ")
                    .contains("ok    raw: about 180 rows, ")
                    .contains("ok    minute: nothing yet, kept 30 d")
                    .contains("ok    samples: the newest is ")
                    .contains("ok    late samples: all rolled up")
                    .contains(
                            "FAIL  rollups: minutes not begun, hours not begun, 2 h 59 min behind: an aggregator rolls up");

            execute(postgres, """
                    update history_tier set closed_until = date_bin('1 minute', now(), timestamptz 'epoch'),
                                            rolled_until = date_bin('1 minute', now(), timestamptz 'epoch')
                     where tier = 'minute';
                    update history_tier set rolled_until = date_bin('1 hour', now(), timestamptz 'epoch') where tier = 'hour';
                    -- as retention leaves them once raw samples are older than they are kept
                    update history_tier set kept_from = now() - retention - interval '3 hours' where tier = 'raw';
                    update history_state set horizon = (select kept_from + interval '2 hours' from history_tier where tier = 'raw');
                    insert into rollup_dirty (machine_id, hour, marked_at)
                    values (1, date_bin('1 hour', now(), timestamptz 'epoch'), now() - interval '10 minutes');
                    """);
            JsonNode json = new ObjectMapper()
                    .readTree(examine(Map.of("TIMESCALE_URL", postgres.url()), "--json")
                            .text());
            assertThat(json.path("history").path("tiers").path(0).path("rows").asLong())
                    .isEqualTo(180);
            assertThat(json.path("history").path("dirtyPairs").asLong()).isEqualTo(1);
            assertThat(json.path("history").path("bytesPerDay").asLong()).isPositive();
            assertThat(json.path("findings").findValues("what"))
                    .extracting(JsonNode::asText)
                    .contains("rollups", "disk");
            for (JsonNode each : json.path("findings")) {
                if (!each.path("what").asText().matches("disk|room")) {
                    assertThat(each.path("state").asText()).as(each.toString()).isEqualTo("ok");
                }
            }

            execute(postgres, "update history_tier set kept_from = now() - interval '12 hours' where tier = 'raw'");
            assertThat(examine(Map.of("TIMESCALE_URL", postgres.url())).text())
                    .contains("FAIL  disk guard: raw samples are kept only since ");
        }
    }

    private static void migrate(PostgresFixture postgres) {
        Flyway.configure()
                .dataSource(postgres.dataSource())
                .locations("classpath:db")
                .placeholders(Map.of("mode", "plain", "partitioned", " partition by range (time)"))
                .load()
                .migrate();
    }

    private static void execute(PostgresFixture postgres, String sql) throws SQLException {
        try (Connection connection = postgres.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
