package ar.mcrn.sysmonstm.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class AgentMainTest {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("COLLECTOR_MACHINE_ID", "env", "AGGREGATOR_URL", "env:1");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private OptionalInt start(String... arguments) {
        out.reset();
        err.reset();
        return AgentMain.start(
                ENVIRONMENT,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                arguments);
    }

    @Test
    void optionsWinOverTheEnvironment() {
        Map<String, String> settings = CommandLine.parse("--machine", "opt", "--aggregator=opt:2", "--interval", "0.5")
                .over(ENVIRONMENT);
        AgentConfig config = AgentConfig.fromEnvironment(settings, () -> "unused");
        assertThat(config.machine().value()).isEqualTo("opt");
        assertThat(config.aggregator()).hasToString("opt:2");
        assertThat(config.interval()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void tellsEveryVariableAndOption() {
        assertThat(start("--help")).hasValue(0);
        String help = out.toString(StandardCharsets.UTF_8);
        assertThat(help)
                .startsWith("Usage: agent [-h] [-V] [--aggregator=ADDRESS]")
                .contains("--aggregator", "--interval", "--machine", "-V, --version", "-h, --help")
                .contains(Arrays.stream(AgentSetting.values())
                        .filter(setting -> setting != AgentSetting.TOKEN_FILE)
                        .map(AgentSetting::key)
                        .toList())
                .contains("COLLECTOR_TOKEN[_FILE]");
        assertThat(help.lines()).allMatch(line -> line.length() <= 120);
        assertThat(start("-h", "--machine", "m")).hasValue(0);
        assertThat(start("--version")).hasValue(0);
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("sysmonstm agent ");
        assertThat(err.size()).isZero();
    }

    @Test
    void endsWithOneForABadSetting() {
        assertThat(start("--interval", "0.1")).hasValue(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("COLLECTOR_COLLECTION_INTERVAL=0.1 ")
                .hasLineCount(1);
        assertThat(start("--machine=a/b")).hasValue(1);
        assertThat(start("--aggregator", "x:0")).hasValue(1);
    }

    @Test
    void endsWithTwoAndOneLineForWrongUsage() {
        assertThat(start("--nonsense")).hasValue(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("sysmon agent: Unknown option: '--nonsense' (see sysmon agent --help)"
                        + System.lineSeparator());
        assertThat(start("--machine")).hasValue(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("Missing required parameter for option '--machine'");
        assertThat(start("--machine=a", "--machine", "b")).hasValue(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("option '--machine' should be specified only once");
        assertThat(start("--interval", "--help")).hasValue(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("Missing required parameter for option '--interval'");
        for (String[] blank : new String[][] {{"--machine="}, {"--machine= "}, {"--machine", ""}}) {
            assertThat(start(blank)).hasValue(2);
            assertThat(err.toString(StandardCharsets.UTF_8))
                    .contains("Missing required parameter for option '--machine'")
                    .hasLineCount(1);
        }
        assertThat(start("--help=yes")).hasValue(2);
        assertThat(start("other\nline")).hasValue(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("Unmatched argument: 'other\\u000aline'")
                .hasLineCount(1);
        assertThat(out.size()).isZero();
    }

    @Test
    void logsOneLineOfTextOrJson() {
        LogRecord record = new LogRecord(Level.WARNING, "said \"so\"\n");
        record.setLoggerName("ar.mcrn.sysmonstm.agent.Agent");
        assertThat(new AgentLogging.TextLines().format(record)).contains("WARN  Agent: said \"so\"");
        assertThat(new AgentLogging.JsonLines().format(record))
                .contains("\"level\":\"warn\",\"service\":\"agent\"")
                .contains("\"message\":\"said \\\"so\\\"\\u000a\"}")
                .endsWith("}\n");
    }
}
