package ar.mcrn.sysmonstm.ops.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.ops.runtime.configuration.EnvironmentVariables;
import ar.mcrn.sysmonstm.ops.runtime.testing.FreePorts;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import ar.mcrn.sysmonstm.ops.runtime.testing.RedisFixture;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
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
}
