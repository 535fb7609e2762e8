package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** F4: an aggregator that is asked to end under load tells every outcome it can, and says at once that it is not ready. */
final class AggregatorStopped implements FaultScenario {
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String READY = "200 ready";
    private static final String STOPPING = "503 unavailable stopping";
    /** From the signal to the JVM's own hook. */
    private static final double READY_SECONDS = 0.5;

    private static final Duration BACK = Duration.ofSeconds(45);

    @Override
    public String id() {
        return "F4";
    }

    @Override
    public String fault() {
        return "aggregator: SIGTERM under load, started again";
    }

    @Override
    public String expected() {
        return "exit code 0 in 15 s; /ready says 503 and stopping from 0.5 s on, in JSON, until all else has ended; all agents back in 45 s";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(LIMIT, BACK);
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException {
        stage.startAggregator(Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        stage.atFault();
        List<String> before = new ArrayList<>();
        ask(stage, before);
        long begin = System.nanoTime();
        stage.aggregator().terminate();
        // What was asked before the signal may be answered after it; what is asked from now on may not say ready for
        // long.
        List<String> answers = new ArrayList<>();
        OptionalInt exit = OptionalInt.empty();
        double readySeconds = 0;
        while (exit.isEmpty() && FaultStage.seconds(begin) < 2 * LIMIT.toSeconds()) {
            if (ask(stage, answers) && answers.getLast().startsWith("200")) {
                readySeconds = FaultStage.seconds(begin);
            }
            exit = stage.aggregator().awaitExit(Duration.ofMillis(10));
        }
        double seconds = FaultStage.seconds(begin);
        stage.evidence().proof(before.equals(List.of(READY)), "before: %s", before);
        stage.evidence().figure("exitSeconds", seconds);
        stage.evidence().figure("readySeconds", readySeconds);
        stage.evidence()
                .expect(
                        exit.orElse(-1) == 0 && seconds <= LIMIT.toSeconds(),
                        "exit code %d after %.1f s",
                        exit.orElse(-1),
                        seconds);
        long said = answers.stream().filter(STOPPING::equals).count();
        // When all else has ended, the web server ends by itself and refuses in words of its own.
        List<String> others = answers.subList(0, answers.lastIndexOf(STOPPING) + 1).stream()
                .filter(answer -> !answer.equals(STOPPING) && !answer.equals(READY))
                .distinct()
                .toList();
        stage.evidence()
                .expect(
                        said > 0 && readySeconds <= READY_SECONDS && others.isEmpty(),
                        "/ready: %d times %s, ready for %.2f s after the signal, other answers %s",
                        said,
                        STOPPING,
                        readySeconds,
                        others);
        stage.restartAggregator();
        stage.recovery().awaitBack(BACK);
    }

    /** Asks once; false where there was no answer. */
    private static boolean ask(FaultStage stage, List<String> answers) throws InterruptedException {
        try {
            HttpResponse<String> answer =
                    stage.deployment().http().get(stage.admin().resolve("/ready"));
            answers.add(answer.statusCode() + " " + said(answer.body()));
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    /** Status and whether it stops, of our JSON; the beginning of what is none. */
    private static String said(String body) {
        try {
            JsonNode json = JSON.readTree(body);
            return json.path("status").asText() + (json.path("stopping").asBoolean() ? " stopping" : "");
        } catch (JsonProcessingException e) {
            return "no JSON: " + body.substring(0, Math.min(40, body.length())).strip();
        }
    }
}
