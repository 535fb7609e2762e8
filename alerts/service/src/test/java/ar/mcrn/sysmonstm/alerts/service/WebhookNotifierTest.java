package ar.mcrn.sysmonstm.alerts.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookNotifierTest {
    private static final Notification FIRED = new Notification(NotificationKind.FIRING, Episodes.firing("abc"));

    private WebhookSink sink;
    private WebhookNotifier notifier;

    @BeforeEach
    void start() throws Exception {
        sink = new WebhookSink();
        notifier = new WebhookNotifier(sink.address(), Duration.ofMillis(500));
    }

    @AfterEach
    void stop() {
        notifier.close();
        sink.close();
    }

    @Test
    void postsTheEpisode() throws Exception {
        assertThat(notifier.deliver(FIRED)).isEqualTo(new Delivery.Sent("status 204 from 127.0.0.1"));
        WebhookSink.Post post = sink.posts.getFirst();
        assertThat(post.idempotencyKey()).isEqualTo("abc-firing");
        assertThat(post.contentType()).isEqualTo("application/json");
        JsonNode body = new ObjectMapper().readTree(post.body());
        assertThat(body).isEqualTo(new ObjectMapper().readTree("""
                {"id":"abc","kind":"firing","rule":"cpu-high","machine":"web-1","series":"system.cpu.utilization",
                 "state":"firing","severity":"warning","message":"busy","startedAt":1763683200000,
                 "firedAt":1763683260000,"resolvedAt":null,"value":0.95,"threshold":0.9,"reason":"heldLongEnough"}
                """));
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 429, 408})
    void theseAreWorthAnotherAttempt(int status) throws Exception {
        sink.status(status);
        assertThat(notifier.deliver(FIRED))
                .isEqualTo(new Delivery.Failed("status " + status + " from 127.0.0.1", Duration.ZERO));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 410})
    void theseAreNot(int status) throws Exception {
        sink.status(status);
        assertThat(notifier.deliver(FIRED)).isEqualTo(new Delivery.Refused("status " + status + " from 127.0.0.1"));
    }

    @Test
    void redirectsAreNotFollowed() throws Exception {
        sink.answer = exchange -> {
            exchange.getResponseHeaders().add("Location", sink.address().toString());
            exchange.sendResponseHeaders(307, -1);
        };
        assertThat(notifier.deliver(FIRED))
                .isEqualTo(new Delivery.Refused("status 307 from 127.0.0.1, redirects are not followed"));
        assertThat(sink.posts).hasSize(1);
    }

    @Test
    void aPauseAskedForIsPassedOn() throws Exception {
        sink.answer = exchange -> {
            exchange.getResponseHeaders().add("Retry-After", "7");
            exchange.sendResponseHeaders(429, -1);
        };
        assertThat(notifier.deliver(FIRED))
                .isEqualTo(new Delivery.Failed("status 429 from 127.0.0.1", Duration.ofSeconds(7)));
    }

    @Test
    void aReceiverThatHangsIsLeftAfterTheTimeout() throws Exception {
        sink.hang();
        assertThat(notifier.deliver(FIRED))
                .isInstanceOfSatisfying(
                        Delivery.Failed.class,
                        failed -> assertThat(failed.detail())
                                .endsWith("host 127.0.0.1")
                                .doesNotContain("secret"));
    }

    @Test
    void aBodyThatNeverEndsIsLeftToo() throws Exception {
        sink.drip();
        long begun = System.nanoTime();
        assertThat(notifier.deliver(FIRED)).isInstanceOf(Delivery.Failed.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void nobodyThereIsWorthAnotherAttempt() throws Exception {
        URI gone = sink.address();
        sink.close();
        try (WebhookNotifier nobody = new WebhookNotifier(gone, Duration.ofSeconds(1))) {
            assertThat(nobody.deliver(FIRED)).isInstanceOf(Delivery.Failed.class);
        }
    }
}
