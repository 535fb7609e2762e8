package ar.mcrn.sysmonstm.alerts.service;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EpisodeStoreTest {
    private static AlertsDatabase postgres;
    private static Database pool;

    private final EpisodeStore store = new EpisodeStore(Jdbi.create(pool::connection));

    @BeforeAll
    static void start() throws Exception {
        postgres = new AlertsDatabase();
        pool = postgres.pool();
    }

    @AfterAll
    static void stop() throws Exception {
        pool.close();
        postgres.close();
    }

    @BeforeEach
    void empty() throws Exception {
        postgres.execute("truncate alert_episode, notification");
    }

    @Test
    void readsWhatItWrote() {
        store.write(List.of(Episodes.pending("a")));
        assertThat(store.load()).containsExactly(Episodes.pending("a"));
        store.write(List.of(Episodes.firing("a")));
        assertThat(store.load()).containsExactly(Episodes.firing("a"));
        AlertEpisode resolved = recent(Episodes.resolved("a"));
        store.write(List.of(resolved, resolved));
        assertThat(store.load()).containsExactly(resolved);
    }

    @Test
    void oldResolvedEpisodesAreNotLoadedAndGoInTheEnd() throws Exception {
        store.write(List.of(Episodes.resolved("a")));
        store.notified(List.of(outcome("a", NotificationKind.FIRING)));
        assertThat(store.load()).isEmpty();
        assertThat(store.told()).isEmpty();
        postgres.execute("update alert_episode set resolved_at = now() - interval '91 days'");
        store.deleteOld();
        postgres.execute("do $$ begin if exists (select from notification) then raise 'left'; end if; end $$");
    }

    @Test
    void anEpisodeThatNeverFiredLeavesNoRow() {
        store.write(List.of(Episodes.pending("a")));
        store.write(List.of(Episodes.dropped("a")));
        assertThat(store.load()).isEmpty();
    }

    @Test
    void atMostOneIsOpenPerSeries() {
        store.write(List.of(Episodes.firing("a")));
        store.write(List.of(Episodes.firing("b")));
        assertThat(store.load())
                .filteredOn(episode -> episode.getResolvedMillis() == 0)
                .extracting(AlertEpisode::getId)
                .containsExactly("b");
    }

    @Test
    void outcomesOfKnownEpisodesAreKeptOnce() {
        store.write(List.of(Episodes.firing("a")));
        store.notified(List.of(
                outcome("a", NotificationKind.FIRING),
                outcome("a", NotificationKind.FIRING),
                outcome("unknown", NotificationKind.FIRING)));
        assertThat(store.told()).containsExactly(new Notifications.Told("a", NotificationKind.FIRING, "webhook"));
    }

    @Test
    void textThatPostgresCannotHoldIsCleaned() {
        store.write(
                List.of(Episodes.firing("a").toBuilder().setMessage("one\0two").build()));
        assertThat(store.load()).extracting(AlertEpisode::getMessage).containsExactly("onetwo");
    }

    private static AlertEpisode recent(AlertEpisode episode) {
        return episode.toBuilder().setResolvedMillis(System.currentTimeMillis()).build();
    }

    private static EpisodeStore.Outcome outcome(String id, NotificationKind kind) {
        return new EpisodeStore.Outcome(
                new Notifications.Told(id, kind, "webhook"), true, 1, Instant.now(), "status 200");
    }
}
