package ar.mcrn.sysmonstm.ops.runtime.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.EnvironmentVariables;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.jersey.validation.Validators;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationReaderTest {
    private static final String URL = "postgresql://u:hush@h/x";

    @TempDir
    Path folder;

    /** With everything that a key can be. */
    public static final class Own extends ServiceConfiguration {
        @JsonProperty
        private Secret token = Secret.NONE;

        @JsonProperty
        private Duration pause = Duration.ZERO;

        @JsonProperty
        private long bytes;

        @JsonProperty
        private List<String> names = List.of();

        @Valid
        @JsonProperty
        private Edge edge;
    }

    /** Refuses what it is made of, as a whole. */
    public record Edge(String url, Secret token, @Max(6) int digits) {
        public Edge {
            if (url != null && !url.startsWith("ws:")) {
                throw new IllegalArgumentException("EDGE_URL=" + url + ", allowed: ws://host:port");
            }
        }
    }

    private Own read(String yaml, ServiceOptions options, Map<String, String> environment) throws IOException {
        options.config = Files.writeString(folder.resolve("own.yaml"), yaml);
        return new ConfigurationReader(new EnvironmentVariables(environment), Validators.newValidator())
                .read(Own.class, "trial.yaml", options);
    }

    private Own read(String yaml) throws IOException {
        return read(yaml, new ServiceOptions(), Map.of());
    }

    private String problem(String yaml, ServiceOptions options, Map<String, String> environment) {
        try {
            read(yaml, options, environment);
        } catch (ConfigurationProblem e) {
            assertThat(e.getMessage()).doesNotContain("hush", "\n", "Jackson", "java.", "ar.mcrn");
            return e.getMessage().replace(folder + "/", "");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("taken: " + yaml);
    }

    private String problem(String yaml) {
        return problem(yaml, new ServiceOptions(), Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"12345678", "00123", "0x1F", "1_000", "1.50", "1e5", "true", "987654321098765432109876543210"})
    void secretsAreWhatIsWrittenWhateverItLooksLike(String written) throws IOException {
        assertThat(read("token: " + written).token.reveal()).isEqualTo(written);
        assertThat(read("edge: {token: " + written + "}").edge.token.reveal()).isEqualTo(written);
        assertThat(read("token: ${NONE:-" + written + "}").token.reveal()).isEqualTo(written);
    }

    @Test
    void readsEveryKindOfValue() throws IOException {
        Own own = read("bytes: 64\npause: 1.5\ninsecure: true\nnames: [a, 1]\nedge: {url: ws:x, digits: 3, token: }\n");
        assertThat(own.bytes).isEqualTo(64);
        assertThat(own.pause).isEqualTo(Duration.ofMillis(1_500));
        assertThat(own.insecure()).isTrue();
        assertThat(own.names).containsExactly("a", "1");
        assertThat(own.edge).isEqualTo(new Edge("ws:x", null, 3));
    }

    @Test
    void secretsThatAreNoTextDoNotShow() {
        assertThat(problem("token: [hush]")).isEqualTo("configuration own.yaml line 1: token: must not be a list");
        assertThat(problem("token: {hush: 1}"))
                .startsWith("configuration own.yaml line 1: token: must be a single value");
    }

    @Test
    void levelAndFormOfTheLogHaveAValue() {
        assertThat(problem("logLevel:")).startsWith("configuration own.yaml line 1: logLevel=null must be TRACE");
        assertThat(problem("logFormat:")).startsWith("configuration own.yaml line 1: logFormat=null must be text");
    }

    @Test
    void whatWouldNotBeReadAsItIsWrittenIsRefused() {
        assertThat(problem("bind: &x hush\ntoken: *x"))
                .isEqualTo(
                        "configuration own.yaml line 2: an alias (*name) is not read: write the value, in quotes where it begins with *");
        assertThat(problem("bind: 127.0.0.1\n---\ntoken: hush"))
                .isEqualTo("configuration own.yaml line 3: a second document is not read");
        assertThat(problem("token: a\nbytes: 1\ntoken: hush"))
                .isEqualTo("configuration own.yaml line 3: a key is there a second time");
    }

    @ParameterizedTest
    @ValueSource(strings = {URL, "", "# nothing\n", "- " + URL, "12345678"})
    void aFileThatHoldsNoKeysIsNotShown(String yaml) {
        assertThat(problem(yaml))
                .isEqualTo("configuration own.yaml: the file must hold keys and values, such as bind: 127.0.0.1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "adminPort: postgresql://u:hush@h/x | adminPort: must be a whole number",
                "adminPort: [hush] | adminPort: must be a whole number",
                "adminPort: many | adminPort=many: must be a whole number",
                "adminPort: 99999999999 | adminPort=99999999999: is out of range",
                "adminPort: 1.5 | adminPort=1.5: must be a whole number",
                "bytes: hush@h | bytes: must be a whole number",
                "insecure: hush@h | insecure: must be true or false",
                "pause: postgresql://u:hush@h/x | pause '...' is not a duration (a number with ms, s, m, h or d; a bare number is seconds)",
                "bind: postgresql://u:hush@h/x | bind is not an address of this machine",
                "logLevel: postgresql://u:hush@h/x | logLevel must be TRACE, DEBUG, INFO, WARN, ERROR or OFF",
                "redis: http://u:hush@h/x | redis is not redis://host:port or rediss://host:port",
                "redis: 'redis://u:hush@h :1' | redis is not redis://host:port; bad character at 16",
                "database: mysql://u:hush@h/x | database is not postgresql://user:password@host:port/database or jdbc:postgresql://host:port/database",
                "database: 12345678 | database is not postgresql://user:password@host:port/database or jdbc:postgresql://host:port/database",
                "names: postgresql://u:hush@h/x | names: must be a list",
                "edge: postgresql://u:hush@h/x | edge: must hold keys and values",
                "redis: redis:// | redis is not redis://host:port; bad character at 8",
                "redis: '*' | redis is not redis://host:port or rediss://host:port",
                "redis: {url: hush@h} | redis: must be a single value",
                "database: {password: hush@h} | database: must be a single value",
                "edge: {url: 'http://u:hush@h'} | edge EDGE_URL=..., allowed: ws://host:port"
            })
    void valuesThatMayHoldASecretDoNotShow(String yaml, String message) {
        assertThat(problem(yaml)).isEqualTo("configuration own.yaml line 1: " + message);
    }

    @Test
    void keysThatMayHoldASecretDoNotShow() {
        assertThat(problem("adminPort: 0\n" + URL + ": 1\n"))
                .startsWith("configuration own.yaml line 2: ... is not a known key; known here: adminPort");
    }

    @Test
    void brokenYamlIsNotShown() {
        String words = ": is not YAML here; text with special characters needs quotes";
        assertThat(problem("bind: ::1\ntoken: %hush: x\n")).isEqualTo("configuration own.yaml line 2" + words);
        assertThat(problem("adminPort: 0\n\ntoken: @hush\n")).isEqualTo("configuration own.yaml line 3" + words);
    }

    @Test
    void theLineIsThatOfTheKey() {
        String edge = "adminPort: 0\nedge:\n  digits: 3\n  %s\n  token: x\nbytes: 1\n";
        assertThat(problem(edge.formatted("url: http://x")))
                .isEqualTo("configuration own.yaml line 2: edge EDGE_URL=http://x, allowed: ws://host:port");
        assertThat(problem(edge.formatted("tokn: x")))
                .startsWith("configuration own.yaml line 4: edge.tokn is not a known key; known here: digits");
        assertThat(problem("bind: ::1\nadminPort: 0\nedge: {\n  url: ws:x,\n  digits: 7\n}\n"))
                .isEqualTo("configuration own.yaml line 5: edge.digits=7 must be less than or equal to 6");
        assertThat(problem("\n\nadminPort: 70000\n"))
                .isEqualTo("configuration own.yaml line 3: adminPort=70000 must be less than or equal to 65535");
        assertThat(problem("adminPort: 0\nbind: 192.0.2.1\n"))
                .isEqualTo("configuration own.yaml line 2: bind=192.0.2.1 is not an address of this machine");
        assertThat(problem("adminPort: 0\nbind: 0.0.0.0\n"))
                .startsWith("configuration own.yaml line 2: bind=0.0.0.0 is reachable from outside");
        assertThat(problem("databaseConnections: 0\nadminPort: 70000\n"))
                .contains("own.yaml line 1: databaseConnections=0 must")
                .contains("; configuration own.yaml line 2: adminPort=70000 must");
    }

    @Test
    void theLineIsThatOfTheFileWhateverVariablesHold() {
        assertThat(problem("logLevel: ${L:-INFO}\nadminPort: x\n", new ServiceOptions(), Map.of("L", "INFO\n\n\n")))
                .isEqualTo("configuration own.yaml line 2: adminPort=x: must be a whole number");
        assertThat(problem("edge: {url: ${U:-ws:x}}\nadminPort: x\n"))
                .isEqualTo("configuration own.yaml line 2: adminPort=x: must be a whole number");
    }

    @Test
    void whatOptionsAndVariablesHoldHasNoLine() throws IOException {
        ServiceOptions options = new ServiceOptions();
        options.admin = 70_000;
        assertThat(problem("bytes: 1\nadminPort: x\n", options, Map.of()))
                .isEqualTo("--admin=70000 must be less than or equal to 65535");
        options.admin = 0;
        assertThat(read("adminPort: x\n", options, Map.of()).adminPort()).isZero();
        assertThat(problem("adminPort: x\nbytes: y\n", options, Map.of()))
                .isEqualTo("configuration own.yaml line 2: bytes=y: must be a whole number");
        assertThat(problem("bytes: 1\nadminPort: ${PORT:-x}\n", new ServiceOptions(), Map.of("PORT", "y")))
                .isEqualTo("PORT=y: must be a whole number");
        assertThat(problem("bytes: 1\nadminPort: ${PORT:-x}\n"))
                .isEqualTo("configuration own.yaml line 2: adminPort=x: must be a whole number");
        options.bind = "192.0.2.1";
        assertThat(problem("bind: 127.0.0.1\n", options, Map.of()))
                .isEqualTo("--bind=192.0.2.1 is not an address of this machine");
    }

    @Test
    void aVariableInTheBuiltInFileDoesNotShowASecret() {
        assertThatThrownBy(() -> new ConfigurationReader(
                                new EnvironmentVariables(Map.of("TRIAL_ADMIN_PORT", URL)), Validators.newValidator())
                        .read(ServiceStartTest.Trial.class, "trial.yaml", new ServiceOptions()))
                .hasMessage("TRIAL_ADMIN_PORT: must be a whole number");
    }
}
