package ar.mcrn.sysmonstm.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentConfigTest {
    private static AgentConfig read(Map<String, String> environment) {
        return AgentConfig.fromEnvironment(environment, () -> "box");
    }

    private static void refuses(String key, String value, String says) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> read(Map.of(key, value)))
                .satisfies(e ->
                        assertThat(e.getMessage()).contains(key).contains(says).doesNotContain("\n"));
    }

    @Test
    void hasDefaults() {
        AgentConfig config = read(Map.of());
        assertThat(config.aggregator()).isEqualTo(new AggregatorAddress("localhost", 50051, false));
        assertThat(config.machine().value()).isEqualTo("box");
        assertThat(config.interval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.token()).isEmpty();
        assertThat(config.labels()).isEmpty();
        assertThat(config.logLevel()).isEqualTo(AgentConfig.LogLevel.INFO);
        assertThat(config.logFormat()).isEqualTo(AgentConfig.LogFormat.TEXT);
    }

    @Test
    void samplesTheMachineWhoseRootIsMountedElsewhere(@TempDir Path folder) throws IOException {
        assertThat(read(Map.of()).hostRoot()).isEqualTo(Path.of("/"));
        Path host = Files.createDirectories(folder.resolve("host/proc")).getParent();
        refuses("COLLECTOR_HOST_ROOT", host.toString(), "is not a folder with the proc of a Linux machine in it");
        Files.writeString(host.resolve("proc/stat"), "cpu  1 1 1 1\n");
        assertThat(read(Map.of("COLLECTOR_HOST_ROOT", host + "/")).hostRoot()).isEqualTo(host);
        refuses("COLLECTOR_HOST_ROOT", "host", "is not a folder");
        refuses("COLLECTOR_HOST_ROOT", "\u0000", "is not a folder");
    }

    @Test
    void takesTheNamesOfTheOriginalWithTheLongerOnesFirst() {
        AgentConfig config = read(Map.of(
                "AGGREGATOR_URL",
                "b:2",
                "COLLECTOR_AGGREGATOR_URL",
                "a:1",
                "MACHINE_ID",
                "one",
                "COLLECTOR_MACHINE_ID",
                " "));
        assertThat(config.aggregator().host()).isEqualTo("a");
        assertThat(config.machine().value()).isEqualTo("one");
    }

    @ParameterizedTest
    @CsvSource({
        "web:50051, web:50051, false",
        "web, web:50051, false",
        "dns:///web.example:7, web.example:7, false",
        "http://10.0.0.1:80, 10.0.0.1:80, false",
        "https://web.example:443/, web.example:443, true",
        "HTTPS://web.example, web.example:50051, true",
        "'[::1]:50051', '[::1]:50051', false"
    })
    void readsAddresses(String text, String target, boolean tls) {
        AggregatorAddress address = AggregatorAddress.parse(text);
        assertThat(address).hasToString(target);
        assertThat(address.tls()).isEqualTo(tls);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "web:0",
                "web:65536",
                "web:",
                ":50051",
                "ftp://web:1",
                "http://user@web:1",
                "http://web:1/path",
                "a b:1",
                "web:-1"
            })
    void refusesOtherAddresses(String text) {
        refuses("COLLECTOR_AGGREGATOR_URL", text, "host:port, dns:///host:port");
    }

    @ParameterizedTest
    @CsvSource({"0.25, 250", "2, 2000", "500ms, 500", "1.5s, 1500", "1m, 60000"})
    void readsIntervals(String text, long millis) {
        assertThat(read(Map.of("COLLECTOR_COLLECTION_INTERVAL", text)).interval())
                .isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0.2", "61", "-1", "1e3", "soon", "NaN", "1 s", "99999999999"})
    void refusesOtherIntervals(String text) {
        refuses("COLLECTOR_COLLECTION_INTERVAL", text, "0.25 to 60");
    }

    @Test
    void refusesAMachineIdThatCannotBeAndNeverAltersIt() {
        refuses("COLLECTOR_MACHINE_ID", "<img>", "1 to 128 bytes");
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> AgentConfig.fromEnvironment(Map.of(), () -> "a/b"))
                .withMessageContaining("COLLECTOR_MACHINE_ID is not set and the host name cannot serve")
                .withMessageContaining("a/b");
    }

    @Test
    void readsLabels() {
        assertThat(read(Map.of("COLLECTOR_LABELS", "site=lab, role=db=1,empty="))
                        .labels())
                .containsEntry("site", "lab")
                .containsEntry("role", "db=1")
                .containsEntry("empty", "")
                .hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"site", "=x", "a=1,a=2", "a=1,,b=2", "a=\u0007"})
    void refusesOtherLabels(String text) {
        refuses("COLLECTOR_LABELS", text, "name=value");
    }

    @Test
    void refusesTooManyLabels() {
        StringBuilder labels = new StringBuilder("n0=1");
        for (int i = 1; i < 65; i++) {
            labels.append(",n").append(i).append("=1");
        }
        refuses("COLLECTOR_LABELS", labels.toString(), "65 labels");
    }

    @Test
    void readsATokenFromAFileAndNeverShowsIt(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("token"), "  s3cret-token\n");
        AgentConfig config = read(Map.of("COLLECTOR_TOKEN_FILE", file.toString()));
        assertThat(config.token()).isEqualTo("s3cret-token");
        assertThat(config.toString()).doesNotContain("s3cret");
        refuses("COLLECTOR_TOKEN_FILE", directory.resolve("none").toString(), "cannot be read");
        Files.writeString(file, "\n");
        refuses("COLLECTOR_TOKEN_FILE", file.toString(), "empty");
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> read(Map.of("COLLECTOR_TOKEN", "hidden value\u00e9")))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hidden"));
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> read(Map.of("COLLECTOR_TOKEN", "a", "COLLECTOR_TOKEN_FILE", "b")))
                .withMessageContaining("both");
    }

    @Test
    void refusesUnknownLogSettings() {
        refuses("LOG_LEVEL", "loud", "error, warn, info, debug, trace");
        refuses("LOG_FORMAT", "xml", "text, json");
        assertThat(read(Map.of("LOG_LEVEL", "debug", "LOG_FORMAT", "JSON")).logFormat())
                .isEqualTo(AgentConfig.LogFormat.JSON);
    }

    @ParameterizedTest
    @CsvSource({"1048576, 1048576", "1MiB, 1048576", "256 mib, 268435456", "1024KiB, 1048576", "16GiB, 17179869184"})
    void readsSizesOfTheSpool(String text, long bytes) {
        assertThat(read(Map.of("COLLECTOR_SPOOL_BYTES", text)).spool().bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1048575", "17GiB", "1MB", "-1", "lots", "1.5GiB", "99999999999GiB"})
    void refusesOtherSizesOfTheSpool(String text) {
        refuses("COLLECTOR_SPOOL_BYTES", text, "1MiB to 16GiB");
    }

    @Test
    void findsTheFolderOfTheSpool(@TempDir Path directory) throws IOException {
        assertThat(read(Map.of()).spool().bytes()).isEqualTo(256L << 20);
        assertThat(read(Map.of("COLLECTOR_SPOOL_DIR", directory.toString()))
                        .spool()
                        .folder())
                .isEqualTo(directory);
        assertThat(read(Map.of("STATE_DIRECTORY", "/var/lib/agent:/var/lib/other", "MACHINE_ID", "db (1)"))
                        .spool()
                        .folder())
                .hasToString("/var/lib/agent/spool/db%20%281%29");
        Path one = read(Map.of("MACHINE_ID", "one")).spool().folder();
        Path two = read(Map.of("MACHINE_ID", "two")).spool().folder();
        assertThat(one).isNotEqualTo(two).hasFileName("one");
        Path file = Files.createFile(directory.resolve("file"));
        refuses("COLLECTOR_SPOOL_DIR", file.toString(), "is a file");
        refuses("COLLECTOR_SPOOL_DIR", "\0", "is not a path");
    }
}
