package ar.mcrn.sysmonstm.alerts.service;

import ar.mcrn.sysmonstm.v1.AlertEpisode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Posts notifications as JSON:
 *
 * <pre>
 * {"id","kind":"firing|resolved","rule","machine","series","state","severity","message",
 *  "startedAt","firedAt","resolvedAt","value","threshold","reason"}
 * </pre>
 *
 * Times in Unix milliseconds, null = not yet; values in the metric's REST unit. {@code id} is the episode's and equal on
 * every copy, as is the header {@code Idempotency-Key} (the id and the kind, RFC draft-ietf-httpapi-idempotency-key-header).
 *
 * <p>2xx is told. 429, 408, 5xx, no connection and no answer within the timeout are worth another attempt; any other status
 * is not, redirects included: they are not followed. The address may hold a secret and is never shown beyond its host.
 */
final class WebhookNotifier implements Notifier {
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(5);

    private final URI address;
    private final Duration timeout;
    private final HttpClient client;
    private final ObjectMapper json = new ObjectMapper();

    WebhookNotifier(URI address, Duration timeout) {
        this.address = address;
        this.timeout = timeout;
        this.client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout)
                .build();
    }

    @Override
    public String channel() {
        return "webhook";
    }

    @Override
    public Delivery deliver(Notification notification) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address)
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", notification.idempotencyKey())
                .header("User-Agent", "sysmonstm")
                .POST(HttpRequest.BodyPublishers.ofString(body(notification), StandardCharsets.UTF_8))
                .build();
        // The request's own timeout ends with the headers; a body that drips must not hold the channel either.
        CompletableFuture<HttpResponse<Void>> answer =
                client.sendAsync(request, HttpResponse.BodyHandlers.discarding());
        try {
            return judge(answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return failed("no answer within " + timeout.toMillis() + " ms");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            String what = cause.getMessage() == null ? "" : ": " + cause.getMessage();
            return failed(cause.getClass().getSimpleName() + what);
        } finally {
            answer.cancel(true);
        }
    }

    private Delivery judge(HttpResponse<?> answer) {
        int status = answer.statusCode();
        String detail = "status " + status + " from " + address.getHost();
        if (status / 100 == 2) {
            return new Delivery.Sent(detail);
        }
        if (status == 429 || status == 408 || status / 100 == 5) {
            return new Delivery.Failed(
                    detail,
                    answer.headers()
                            .firstValue("Retry-After")
                            .filter(text -> text.matches("\\d{1,6}"))
                            .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                            .filter(pause -> pause.compareTo(LONGEST_RETRY_AFTER) <= 0)
                            .orElse(Duration.ZERO));
        }
        return new Delivery.Refused(detail + (status / 100 == 3 ? ", redirects are not followed" : ""));
    }

    private Delivery failed(String what) {
        return new Delivery.Failed(what + ", host " + address.getHost(), Duration.ZERO);
    }

    private String body(Notification notification) {
        AlertEpisode episode = notification.episode();
        ObjectNode body = json.createObjectNode();
        body.put("id", episode.getId());
        body.put("kind", notification.kind().text());
        body.put("rule", episode.getRule());
        body.put("machine", episode.getMachine());
        body.put("series", episode.getSeries());
        body.put("state", notification.kind().text());
        body.put("severity", episode.getSeverity());
        body.put("message", episode.getMessage());
        body.put("startedAt", episode.getStartMillis());
        putTime(body, "firedAt", episode.getFiredMillis());
        putTime(body, "resolvedAt", episode.getResolvedMillis());
        body.put("value", episode.getValue());
        body.put("threshold", episode.getThreshold());
        body.put("reason", episode.getReason());
        return body.toString();
    }

    private static void putTime(ObjectNode body, String name, long millis) {
        if (millis == 0) {
            body.putNull(name);
        } else {
            body.put(name, millis);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
