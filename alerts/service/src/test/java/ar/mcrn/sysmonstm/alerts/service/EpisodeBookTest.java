package ar.mcrn.sysmonstm.alerts.service;

import static ar.mcrn.sysmonstm.alerts.service.Episodes.T0;
import static ar.mcrn.sysmonstm.alerts.service.Episodes.announcement;
import static ar.mcrn.sysmonstm.alerts.service.Episodes.dropped;
import static ar.mcrn.sysmonstm.alerts.service.Episodes.firing;
import static ar.mcrn.sysmonstm.alerts.service.Episodes.pending;
import static ar.mcrn.sysmonstm.alerts.service.Episodes.resolved;
import static ar.mcrn.sysmonstm.alerts.service.Episodes.transition;
import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.v1.AlertEpisode;
import ar.mcrn.sysmonstm.v1.AlertState;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EpisodeBookTest {
    private final EpisodeBook book = new EpisodeBook();

    @Test
    void followsAnEpisodeToItsEnd() {
        assertThat(states(book.transition(transition(pending("a"))))).containsExactly("a PENDING");
        assertThat(states(book.transition(transition(firing("a"))))).containsExactly("a FIRING");
        assertThat(states(book.transition(transition(resolved("a"))))).containsExactly("a RESOLVED");
        assertThat(book.open()).isEmpty();
    }

    @Test
    void copiesChangeNothing() {
        List<AlertEpisode> said = List.of(pending("a"), firing("a"), resolved("a"));
        said.forEach(episode -> book.transition(transition(episode)));
        said.forEach(episode -> assertThat(book.transition(transition(episode))).isEmpty());
        assertThat(book.open()).isEmpty();
    }

    @Test
    void aDifferentStartJoinsAndTheFirstIdStays() {
        book.transition(transition(pending("a")));
        assertThat(states(book.transition(transition(firing("b"))))).containsExactly("a FIRING");
        assertThat(states(book.transition(transition(resolved("b"))))).containsExactly("a RESOLVED");
        assertThat(book.transition(transition(resolved("a")))).isEmpty();
        assertThat(book.transition(transition(firing("b")))).isEmpty();
    }

    @Test
    void oneThatNeverFiredIsForgotten() {
        book.transition(transition(pending("a")));
        assertThat(states(book.transition(transition(dropped("a"))))).containsExactly("a INACTIVE");
        assertThat(book.transition(transition(pending("a")))).isEmpty();
    }

    @Test
    void announcementsHealALostTransition() {
        assertThat(states(book.announcement(announcement(T0, List.of("web-1"), firing("a")))))
                .containsExactly("a FIRING");
    }

    @Test
    void twoAnnouncementsWithoutItResolve() {
        book.transition(transition(firing("a")));
        assertThat(book.announcement(announcement(T0 + 130_000, List.of("web-1"))))
                .isEmpty();
        assertThat(book.announcement(announcement(T0 + 130_000, List.of("web-1"))))
                .as("a copy")
                .isEmpty();
        List<EpisodeChange> second = book.announcement(announcement(T0 + 160_000, List.of("web-1")));
        assertThat(states(second)).containsExactly("a RESOLVED");
        assertThat(second.getFirst().episode().getReason()).isEqualTo("notSeen");
        assertThat(second.getFirst().episode().getResolvedMillis()).isEqualTo(T0 + 160_000);
    }

    @Test
    void announcementsThatDoNotNameItsMachineSayNothingOfIt() {
        book.transition(transition(firing("a")));
        for (int i = 1; i < 10; i++) {
            assertThat(book.announcement(announcement(T0 + i * 30_000L, List.of("web-2"))))
                    .isEmpty();
        }
    }

    @Test
    void beingNamedInBetweenStartsTheCountAnew() {
        book.transition(transition(firing("a")));
        book.announcement(announcement(T0 + 1, List.of("web-1")));
        book.announcement(announcement(T0 + 2, List.of("web-1"), firing("a")));
        assertThat(book.announcement(announcement(T0 + 3, List.of("web-1")))).isEmpty();
    }

    @Test
    void oneResolvedAsNotSeenOpensAgainWhenNamedLater() {
        book.transition(transition(firing("a")));
        book.announcement(announcement(T0 + 100_000, List.of("web-1")));
        book.announcement(announcement(T0 + 130_000, List.of("web-1")));
        assertThat(book.open()).isEmpty();
        assertThat(states(book.announcement(announcement(T0 + 160_000, List.of("web-1"), firing("a")))))
                .containsExactly("a FIRING");
    }

    @Test
    void newerValuesAreChangesOfTheSameEpisode() {
        book.transition(transition(firing("a")));
        AlertEpisode newer = firing("a").toBuilder().setValue(0.99).build();
        List<EpisodeChange> changes = book.announcement(announcement(T0 + 1, List.of("web-1"), newer));
        assertThat(changes).singleElement().satisfies(change -> {
            assertThat(change.episode().getValue()).isEqualTo(0.99);
            assertThat(change.episode().getState()).isEqualTo(AlertState.ALERT_STATE_FIRING);
        });
    }

    @Test
    void theRowsIdIsTheFirstOneOfItsSeries() {
        book.transition(transition(firing("b")));
        List<EpisodeChange> changes = book.load(List.of(firing("a")));
        assertThat(states(changes)).containsExactly("a FIRING");
        assertThat(states(book.transition(transition(resolved("b"))))).containsExactly("a RESOLVED");
    }

    @Test
    void rowsOfWhatEndedMeanwhileStayEnded() {
        book.transition(transition(resolved("a")));
        assertThat(book.load(List.of(firing("a")))).isEmpty();
        assertThat(book.open()).isEmpty();
    }

    /** Whatever order copies, joins and losses come in, at most one episode is open per series and none ends twice. */
    @Test
    void holdsItsPromiseUnderAnyOrder() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            EpisodeBook any = new EpisodeBook();
            List<String> ended = new ArrayList<>();
            long time = T0;
            for (int event = 0; event < 100; event++) {
                String id = "e" + random.nextInt(6);
                time += random.nextInt(3) * 10_000L;
                List<EpisodeChange> changes = switch (random.nextInt(6)) {
                    case 0 -> any.transition(transition(pending(id)));
                    case 1 -> any.transition(transition(firing(id)));
                    case 2 -> any.transition(transition(resolved(id)));
                    case 3 -> any.transition(transition(dropped(id)));
                    case 4 -> any.announcement(announcement(time, List.of("web-1")));
                    default -> any.announcement(announcement(time, List.of("web-1"), firing(id)));
                };
                for (EpisodeChange change : changes) {
                    boolean end = change.episode().getState() == AlertState.ALERT_STATE_RESOLVED;
                    if (end && !change.episode().getReason().equals("notSeen")) {
                        ended.add(change.episode().getId());
                    }
                }
                assertThat(any.open())
                        .as("seed=%d round=%d event=%d", seed, round, event)
                        .hasSizeLessThan(2);
                assertThat(ended).as("seed=%d round=%d", seed, round).doesNotHaveDuplicates();
            }
        }
    }

    private static List<String> states(List<EpisodeChange> changes) {
        return changes.stream()
                .map(change -> change.episode().getId() + " "
                        + change.episode().getState().name().substring("ALERT_STATE_".length()))
                .toList();
    }
}
