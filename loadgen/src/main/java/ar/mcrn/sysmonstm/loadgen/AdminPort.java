package ar.mcrn.sysmonstm.loadgen;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Asks a service's admin port. */
final class AdminPort {

    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private AdminPort() {}

    /**
     * The answer, or empty when there is none within 5 s or it is not 200.
     *
     * @param admin its base address; a {@code /metrics} behind it is overlooked
     */
    static Optional<String> get(URI admin, String path) throws InterruptedException {
        URI address = URI.create(admin.toString().replaceAll("/+$", "").replaceAll("/metrics$", "") + path);
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT).build()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(address).timeout(ANSWER).build(), HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? Optional.of(answer.body()) : Optional.empty();
        } catch (IOException unreachable) {
            return Optional.empty();
        }
    }

    /** @throws IllegalArgumentException naming the option where this is no address */
    static void check(String option, URI admin) {
        if (admin != null && !"http".equals(admin.getScheme()) && !"https".equals(admin.getScheme())) {
            throw new IllegalArgumentException(option + "=" + admin + " is not http:// or https://");
        }
    }
}
