package ar.mcrn.sysmonstm.ops.systemtests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.ops.systemtests.processes.LoadRun;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FaultJudgeTest {
    private static ObjectNode good() {
        ObjectNode report = new ObjectMapper().createObjectNode();
        for (String none : FaultJudge.NONE) {
            report.put(none, 0);
        }
        report.put("acknowledged", 9).put("rowsStored", 9);
        report.put("eventsAcknowledged", 2).put("eventRowsStored", 2);
        report.putObject("rejected");
        return report;
    }

    private static String verdict(ObjectNode report, Evidence evidence) {
        return FaultJudge.verdict(List.of(new LoadRun.Report(0, report)), evidence);
    }

    @Test
    void passesWhereAllIsAsExpected() {
        assertThat(verdict(good(), new Evidence())).isEqualTo(FaultRow.PASS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lost",
                "duplicates",
                "different",
                "notIssued",
                "expired",
                "dropped",
                "unacknowledged",
                "unparsable",
                "unexpected",
                "displaced",
                "eventsRejected",
                "eventsUnacknowledged"
            })
    void failsWhereThereIsOneOfWhatMustNotBeOrItIsNotKnown(String field) {
        assertThat(verdict(good().put(field, 1), new Evidence())).isEqualTo("fail: " + field + " 1");
        ObjectNode unknown = good();
        unknown.remove(field);
        assertThat(verdict(unknown, new Evidence())).isEqualTo("fail: " + field + " not known");
    }

    @Test
    void failsWhereRowsAreFewerThanWasAcknowledged() {
        assertThat(verdict(good().put("rowsStored", 8), new Evidence())).startsWith("fail: acknowledged 9 differs");
        assertThat(verdict(good().put("eventRowsStored", 1), new Evidence()))
                .startsWith("fail: events acknowledged 2 differs");
    }

    @Test
    void failsWhereTheFaultWasNotSeenHoweverWellAllWent() {
        Evidence evidence = new Evidence();
        evidence.proof(false, "process gone");
        assertThat(verdict(good(), evidence)).isEqualTo("fail: fault not seen: process gone");
    }
}
