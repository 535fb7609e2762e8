package ar.mcrn.sysmonstm.aggregator.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.aggregator.retention.HistoryDisk;
import ar.mcrn.sysmonstm.aggregator.retention.HistoryDisk.State;
import ar.mcrn.sysmonstm.alerts.rules.RuleFile;
import ar.mcrn.sysmonstm.alerts.rules.RuleSet;
import ar.mcrn.sysmonstm.alerts.rules.StockRules;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import ar.mcrn.sysmonstm.v1.AlertTransition;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HistoryDiskJudgeTest {
    private static final long T0 = 1_763_683_200_000L;

    private final HistoryDiskJudge judge = new HistoryDiskJudge("aggregator-1");

    private List<AlertTransition> look(int second, State state, String text) {
        return judge.look(new HistoryDisk.Look(state, text), second * 1_000_000_000L, T0 + second * 1_000L);
    }

    private static List<String> texts(List<AlertTransition> transitions) {
        return transitions.stream()
                .map(each ->
                        each.getEpisode().getRule() + " " + each.getEpisode().getReason())
                .toList();
    }

    @Test
    void oneEpisodeFromShortOfRoomToRoom() {
        assertThat(judge.use(StockRules.RULES, T0)).isEmpty();
        assertThat(look(0, State.ROOM, "20 % used")).isEmpty();
        List<AlertTransition> fired = look(1, State.SHORT, "91 % used");
        assertThat(texts(fired)).containsExactly("history-disk aboveThreshold");
        AlertEpisode episode = fired.getFirst().getEpisode();
        assertThat(episode.getMachine()).isEqualTo("*");
        assertThat(episode.getSeverity()).isEqualTo("critical");
        assertThat(episode.getStartMillis()).isEqualTo(T0 + 1_000);
        assertThat(episode.getMessage()).isEqualTo("the disk of the history is short of room: 91 % used");
        assertThat(look(2, State.SHORT, "92 % used")).isEmpty();
        assertThat(look(3, State.UNKNOWN, "")).isEmpty();
        assertThat(judge.open()).containsExactly(episode);
        List<AlertTransition> over = look(4, State.ROOM, "40 % used");
        assertThat(texts(over)).containsExactly("history-disk belowClear");
        assertThat(over.getFirst().getEpisode().getId()).isEqualTo(episode.getId());
        assertThat(judge.open()).isEmpty();
        assertThat(look(5, State.ROOM, "40 % used")).isEmpty();
    }

    @Test
    void holdsForAsLongAsTheRuleAsksAndEndsWithTheRule() throws Exception {
        RuleFile file = RuleFile.parse(
                "r.yaml", "rules: [{name: history-disk, kind: historyDisk, for: 10s, message: 'database: {value}'}]");
        RuleSet rules = StockRules.RULES.overriddenBy(file.rules(), file.disabled());
        assertThat(judge.use(rules, T0)).isEmpty();
        assertThat(look(0, State.SHORT, "91 % used")).isEmpty();
        assertThat(look(5, State.ROOM, "80 % used")).isEmpty();
        assertThat(look(6, State.SHORT, "91 % used")).isEmpty();
        assertThat(look(15, State.SHORT, "91 % used")).isEmpty();
        List<AlertTransition> fired = look(16, State.SHORT, "91 % used");
        assertThat(fired).hasSize(1);
        assertThat(fired.getFirst().getEpisode().getStartMillis()).isEqualTo(T0 + 6_000);
        assertThat(fired.getFirst().getEpisode().getMessage()).isEqualTo("database: 91 % used");
        assertThat(judge.use(rules, T0 + 17_000)).isEmpty();
        assertThat(texts(judge.use(StockRules.RULES.overriddenBy(List.of(), Set.of("history-disk")), T0 + 18_000)))
                .containsExactly("history-disk ruleRemoved");
        assertThat(look(19, State.SHORT, "91 % used")).isEmpty();
    }
}
