package ar.mcrn.sysmonstm.alerts.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.contract.Channel;
import ar.mcrn.sysmonstm.contract.EventStream;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.ops.runtime.inprocess.InProcessEventBus;
import ar.mcrn.sysmonstm.ops.runtime.inprocess.InProcessHotState;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceContext;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import ar.mcrn.sysmonstm.v1.AlertAnnouncement;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import ar.mcrn.sysmonstm.v1.AlertState;
import com.google.protobuf.InvalidProtocolBufferException;
import io.dropwizard.core.setup.Environment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole service on an in-process bus, a real PostgreSQL and a real HTTP receiver. */
class AlertsAssemblyTest {
    private static AlertsDatabase postgres;

    private final InProcessEventBus bus = new InProcessEventBus();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<AlertEpisode> published = new CopyOnWriteArrayList<>();
    private WebhookSink sink;
    private AlertsAssembly running;
    private Readiness readiness;
    private Telemetry telemetry;

    @BeforeAll
    static void startDatabase() throws Exception {
        postgres = new AlertsDatabase();
    }

    @AfterAll
    static void stopDatabase() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void start() throws Exception {
        postgres.execute("truncate alert_episode, notification");
        sink = new WebhookSink();
        open.add(sink);
        open.add(bus.subscribe(Channel.ALERTS, message -> {
            try {
                published.add(AlertEpisode.parseFrom(message));
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(e);
            }
        }));
    }

    @AfterEach
    void stop() throws Exception {
        if (running != null) {
            running.stop();
        }
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        bus.close();
    }

    @Test
    void tellsWritesAndPublishesAnEpisodeFromItsStartToItsEnd() throws Exception {
        begin(postgres.pool());
        say(Episodes.pending("a"));
        say(Episodes.firing("a"));
        say(Episodes.firing("a"));
        say(Episodes.resolved("a"));
        awaitPosts("a-firing", "a-resolved");
        assertThat(published)
                .extracting(AlertEpisode::getState)
                .containsExactly(
                        AlertState.ALERT_STATE_PENDING, AlertState.ALERT_STATE_FIRING, AlertState.ALERT_STATE_RESOLVED);
        awaitRows("a resolved sent/firing/log sent/firing/webhook sent/resolved/log sent/resolved/webhook", postgres);
        await().atMost(Duration.ofSeconds(10)).until(() -> !readiness.isUnavailable());
        await().atMost(Duration.ofSeconds(10)).until(() -> readiness.degraded().isEmpty());
        assertThat(telemetry.text())
                .contains("sysmonstm_alerts_transitions_total{service=\"alerts\"} 4.0")
                .contains("sysmonstm_alerts_open_episodes");
    }

    @Test
    void withoutADatabaseItTellsFromMemoryAndWritesLater() throws Exception {
        postgres.postgres.kill9();
        begin(postgres.pool());
        say(Episodes.firing("a"));
        awaitPosts("a-firing");
        assertThat(readiness.degraded()).contains("database");
        assertThat(readiness.isUnavailable()).isFalse();
        postgres.postgres.restart();
        awaitRows("a firing sent/firing/log sent/firing/webhook", postgres);
        await().atMost(Duration.ofSeconds(10)).until(() -> readiness.degraded().isEmpty());
    }

    @Test
    void saysThatTheDatabaseIsAwayAlsoWhileNothingHasToBeWritten() throws Exception {
        begin(postgres.pool());
        Dependency database = readiness.dependency("database", false);
        await().atMost(Duration.ofSeconds(10)).until(() -> database.status().state() == Dependency.State.UP);
        postgres.postgres.kill9();
        await().atMost(Duration.ofSeconds(30)).until(() -> database.status().state() == Dependency.State.DOWN);
        Instant since = database.status().since();
        String failures = "sysmonstm_alerts_database_failures_total{service=\"alerts\"} ";
        assertThat(telemetry.text()).contains(failures + "1.0");
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        telemetry.text().contains(failures) && !telemetry.text().contains(failures + "1.0"));
        assertThat(database.status().since()).isEqualTo(since);
        postgres.postgres.restart();
        await().atMost(Duration.ofSeconds(30)).until(() -> database.status().state() == Dependency.State.UP);
    }

    @Test
    void aRestartTellsNothingTwiceAndWhatIsMissing() throws Exception {
        begin(postgres.pool());
        say(Episodes.firing("a"));
        awaitPosts("a-firing");
        awaitRows("a firing sent/firing/log sent/firing/webhook", postgres);
        running.stop();
        // What it had heard of the end, but not told, when it was killed.
        postgres.execute("update alert_episode set state = 'resolved', resolved_at = now(), reason = 'belowClear'");
        begin(postgres.pool());
        awaitPosts("a-firing", "a-resolved");
        say(Episodes.firing("a"));
        say(Episodes.firing("b"));
        awaitPosts("a-firing", "a-resolved", "b-firing");
    }

    @Test
    void anEpisodeThatNoAnnouncementNamesIsResolved() throws Exception {
        begin(postgres.pool());
        say(Episodes.firing("a"));
        for (int i = 1; i <= 2; i++) {
            bus.append(
                    EventStream.ALERT_TRANSITIONS,
                    Episodes.entry(Episodes.announcement(Episodes.T0 + 100_000L * i, List.of("web-1"))));
        }
        awaitPosts("a-firing", "a-resolved");
        assertThat(sink.posts.getLast().body()).contains("\"reason\":\"notSeen\"");
    }

    @Test
    void entriesThatCannotBeReadArePassedOver() throws Exception {
        begin(postgres.pool());
        bus.append(EventStream.ALERT_TRANSITIONS, new byte[] {7, 7, 7});
        bus.append(EventStream.ALERT_TRANSITIONS, new byte[0]);
        say(Episodes.firing("a"));
        awaitPosts("a-firing");
        assertThat(telemetry.text()).contains("sysmonstm_alerts_unreadable_messages_total{service=\"alerts\"} 2.0");
    }

    @Test
    void onePendingThatNeverFiresIsPublishedAsOverAndToldToNobody() throws Exception {
        begin(postgres.pool());
        say(Episodes.pending("a"));
        say(Episodes.dropped("a"));
        await().atMost(Duration.ofSeconds(10)).until(() -> published.size() == 2);
        assertThat(published.getLast()).satisfies(episode -> {
            assertThat(episode.getState()).isEqualTo(AlertState.ALERT_STATE_RESOLVED);
            assertThat(episode.getFiredMillis()).isZero();
            assertThat(episode.getResolvedMillis()).isEqualTo(Episodes.T0);
        });
        say(Episodes.firing("b"));
        awaitPosts("b-firing");
    }

    @Test
    void openEpisodesGoBackIntoAHotStateInMemory() throws Exception {
        try (Database pool = postgres.pool();
                InProcessHotState hot = new InProcessHotState(bus)) {
            new EpisodeStore(Jdbi.create(pool::connection))
                    .write(List.of(
                            Episodes.firing("a"),
                            Episodes.firing("d").toBuilder()
                                    .setRule("machine-down")
                                    .setSeries("")
                                    .build()));
            assertThat(AlertStateSeed.seed(pool, hot)).isEqualTo(1);
            AlertAnnouncement state = AlertAnnouncement.parseFrom(
                    hot.readAlertState(new MachineId("web-1")).orElseThrow());
            assertThat(state.getEpisodesList()).containsExactly(Episodes.firing("a"));
        }
    }

    private void begin(Database database) throws Exception {
        open.add(database);
        readiness = new Readiness();
        telemetry = new Telemetry("alerts");
        ServiceContext context = new ServiceContext(
                new Environment("alerts"), telemetry, readiness, new InProcessHotState(bus), bus, database);
        AlertsSettings settings = new AlertsSettings(
                Optional.of(sink.address()),
                Duration.ofSeconds(1),
                Duration.ofMillis(50),
                Duration.ofMillis(200),
                Duration.ofMinutes(1),
                Duration.ofMillis(50));
        running = AlertsAssembly.assemble(settings, context, readiness.dependency("database", false));
        running.start();
    }

    private void say(AlertEpisode episode) throws Exception {
        bus.append(EventStream.ALERT_TRANSITIONS, Episodes.entry(episode));
    }

    private void awaitPosts(String... keys) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(sink.posts)
                        .extracting(WebhookSink.Post::idempotencyKey)
                        .containsExactly(keys));
    }

    private void awaitRows(String expected, AlertsDatabase in) {
        try (Database pool = in.pool()) {
            Jdbi jdbi = Jdbi.create(pool::connection);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(rows(jdbi)).containsExactly(expected));
        }
    }

    private static List<String> rows(Jdbi jdbi) {
        return jdbi.withHandle(
                handle -> handle.createQuery("""
                        select id || ' ' || state || ' ' || string_agg(outcome || '/' || kind || '/' || channel,
                            ' ' order by kind, channel)
                        from alert_episode join notification on episode_id = id group by id
                        """).mapTo(String.class).list());
    }
}
