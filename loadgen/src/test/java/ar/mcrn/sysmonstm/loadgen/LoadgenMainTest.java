package ar.mcrn.sysmonstm.loadgen;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xml.sax.InputSource;

final class LoadgenMainTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int execute(String... arguments) {
        return new LoadgenMain(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        Map.of())
                .execute(arguments);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --agnts=3                  | loadgen: Unknown option: '--agnts=3'
            --agents=0                 | loadgen: --agents=0 is not within 1 to 100000
            --agents=many              | loadgen: Invalid value for option '--agents': 'many' is not an int
            --interval=100ms           | loadgen: --interval=100ms is not within 250ms to 3600s
            --duration=soon            | loadgen: Invalid value for option '--duration': 'soon' is not a duration such as 60s, 500ms, 2m or 1h
            --target=nowhere           | loadgen: --target=nowhere is not HOST:PORT
            --target=host:99999        | loadgen: --target port=99999 is not within 1 to 65535
            --batch=65                 | loadgen: --batch=65 is not within 1 to 64
            --late-share=2             | loadgen: --late-share=2.0 is not within 0 to 1
            --at-least=luck=1          | loadgen: --at-least luck is none of [acknowledged, deferred, dropped, events, eventsAcknowledged, eventsRejected, fresh, freshMachines, issued, reconnects, rejected, resent, restarts, rows]
            --verify=file              | loadgen: --verify needs --database URL
            --spool=10                 | loadgen: --spool=10 is not within 600 to 1000000
            --viewers=2                | loadgen: --viewers needs --api URL
            --idle-viewers=9           | loadgen: --idle-viewers needs --api URL
            --api-admin=localhost:80   | loadgen: --api-admin=localhost:80 is not http:// or https://
            --api=ftp://x              | loadgen: --api=ftp://x is not http:// or https://
            --database=mysql://u:pw@h/ | loadgen: --database is not an address such as postgresql://user:password@host:5432/sysmonstm
            """)
    void refusesWrongUsageInOneLine(String argument, String line) {
        assertThat(execute(argument)).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo(line + System.lineSeparator());
        assertThat(out.size()).isZero();
    }

    @Test
    void printsItsOptions() {
        assertThat(execute("--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("--target", "--database", "--pid", "--viewers", "--obligations", "--restarts");
    }

    static void wellFormed(String page) throws Exception {
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(page.replaceFirst("<!DOCTYPE html>", ""))));
    }

    @Test
    void writesReportAndPage(@TempDir Path folder) throws Exception {
        try (TestIngest ingest = new TestIngest(0, (stream, samples) -> stream.send(TestIngest.ack(samples)))) {
            Path json = folder.resolve("report.json");
            Path html = folder.resolve("report.html");
            int code = execute(
                    "--target=127.0.0.1:" + ingest.port(),
                    "--agents=4",
                    "--interval=0.5",
                    "--duration=1s",
                    "--pid=test=" + ProcessHandle.current().pid(),
                    "--json=" + json,
                    "--html=" + html);
            assertThat(code).isZero();
            JsonNode report = new ObjectMapper().readTree(Files.readString(json));
            assertThat(report.get("sent").asInt()).isEqualTo(8);
            assertThat(report.get("acknowledged").asInt()).isEqualTo(8);
            assertThat(report.get("lost").isNull()).isTrue();
            assertThat(report.get("duplicates").isNull()).isTrue();
            assertThat(report.get("commitMillis").isNull()).isTrue();
            assertThat(report.get("databaseFigures").isNull()).isTrue();
            JsonNode window = report.get("windows").get(0);
            assertThat(window.get("atMillis").asLong()).isPositive();
            assertThat(window.fieldNames())
                    .toIterable()
                    .contains("connected", "unacknowledged", "waiting", "ackMillis", "frameMillis");
            assertThat(report.get("ackMillis").fieldNames()).toIterable().contains("p50", "p90", "p99", "p999", "max");
            assertThat(report.get("cpuSeconds").fieldNames()).toIterable().contains("test", "loadgen");
            String page = Files.readString(html);
            assertThat(page)
                    .contains("4 agents", "not checked, needs", "not measured, needs", "Processes")
                    .doesNotContain("NaN", "null", "://", "<script", "<link", "Stages of", "Over time");
            wellFormed(page);
            assertThat(out.toString(StandardCharsets.UTF_8)).contains("acknowledged", "not checked (no --database)");
        }
    }
}
