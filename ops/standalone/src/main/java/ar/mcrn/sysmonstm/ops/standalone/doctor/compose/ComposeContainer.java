package ar.mcrn.sysmonstm.ops.standalone.doctor.compose;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/**
 * A container as {@code inspect} of Docker or Podman describes it.
 *
 * @param service its name in compose.yaml
 * @param state running, exited, restarting, ...
 * @param health healthy, unhealthy, starting; empty where it has no check, or nobody has run it
 * @param restarts times that the engine started it anew
 * @param image id of the image that it runs
 * @param tag name of that image
 * @param started since when it runs
 */
record ComposeContainer(
        String id,
        String service,
        String state,
        int exitCode,
        boolean outOfMemory,
        String health,
        int restarts,
        String image,
        String tag,
        Instant started) {
    static ComposeContainer of(JsonNode inspected) {
        JsonNode state = inspected.path("State");
        JsonNode health = state.has("Health") ? state.path("Health") : state.path("Healthcheck");
        return new ComposeContainer(
                inspected.path("Id").asText(),
                inspected
                        .path("Config")
                        .path("Labels")
                        .path("com.docker.compose.service")
                        .asText("?"),
                state.path("Status").asText("?"),
                state.path("ExitCode").asInt(),
                state.path("OOMKilled").asBoolean(),
                health.path("Status").asText(""),
                inspected.path("RestartCount").asInt(),
                inspected.path("Image").asText().replace("sha256:", ""),
                inspected
                        .path("Config")
                        .path("Image")
                        .asText(inspected.path("ImageName").asText()),
                moment(state.path("StartedAt").asText()));
    }

    boolean isRunning() {
        return state.equals("running");
    }

    static Instant moment(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException unknown) {
            return Instant.EPOCH;
        }
    }
}
