package ar.mcrn.sysmonstm.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class AgentMainTest {
    private final StringWriter out = new StringWriter();
    private final AgentMain main = new AgentMain(Map.of("COLLECTOR_MACHINE_ID", "env", "AGGREGATOR_URL", "env:1"));
    private final CommandLine line =
            new CommandLine(main).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(out, true));

    @Test
    void optionsWinOverTheEnvironment() {
        line.parseArgs("--machine", "opt", "--aggregator", "opt:2", "--interval", "0.5");
        AgentConfig config = main.config();
        assertThat(config.machine().value()).isEqualTo("opt");
        assertThat(config.aggregator()).hasToString("opt:2");
        assertThat(config.interval()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void endsWithZeroForHelpOneForABadSettingAndTwoForWrongUsage() {
        assertThat(line.execute("--help")).isZero();
        assertThat(out.toString()).contains("--aggregator", "COLLECTOR_AGGREGATOR_URL");
        assertThat(line.execute("--interval", "0.1")).isEqualTo(1);
        assertThat(line.execute("--nonsense")).isEqualTo(2);
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
