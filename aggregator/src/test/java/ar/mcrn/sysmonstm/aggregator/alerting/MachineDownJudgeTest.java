package ar.mcrn.sysmonstm.aggregator.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.alerts.rules.EpisodeId;
import ar.mcrn.sysmonstm.alerts.rules.RuleSet;
import ar.mcrn.sysmonstm.alerts.rules.StockRules;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import ar.mcrn.sysmonstm.v1.AlertTransition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MachineDownJudgeTest {
    private static final long T0 = 1_763_683_200_000L;

    private final MachineDownJudge judge = new MachineDownJudge("aggregator-1", Duration.ofSeconds(60));
    private final SortedMap<MachineId, Long> lastSeen = new TreeMap<>();
    private long seconds;

    @BeforeEach
    void rules() {
        assertThat(judge.use(StockRules.RULES, T0)).isEmpty();
    }

    @Test
    void aMachineSilentForItsTimeIsDownAndBackWithItsNextSample() {
        sees(1, 20);
        run(300, 20);
        List<AlertTransition> down = silence(75, 20, 1);
        assertThat(texts(down)).containsExactly("m001 machineDown");
        AlertEpisode episode = down.getFirst().getEpisode();
        assertThat(episode.getStartMillis()).isEqualTo(T0 + 300_000);
        assertThat(episode.getId()).isEqualTo(EpisodeId.of("machine-down", "m001", "", T0 + 300_000));
        assertThat(episode.getSeries()).isEmpty();
        assertThat(episode.getMessage()).startsWith("no sample from m001 for ");
        assertThat(judge.open()).hasSize(1);
        assertThat(texts(run(2, 20))).containsExactly("m001 machineBack");
        assertThat(judge.open()).isEmpty();
    }

    @Test
    void nobodyIsDownWithinTheGraceAfterTheStart() {
        sees(1, 20);
        assertThat(silence(59, 0, 20)).isEmpty();
        assertThat(judge.isJudging(seconds * 1_000_000_000L)).isFalse();
    }

    @Test
    void silenceBeforeTheStartDoesNotCount() {
        lastSeen.put(machine(1), T0 - 10_000_000);
        sees(2, 20);
        assertThat(run(58, 20, 2)).isEmpty();
        assertThat(texts(run(4, 20, 2))).containsExactly("m001 machineDown");
    }

    @Test
    void timeWithoutHotStateDoesNotCount() {
        sees(1, 20);
        run(100, 20);
        assertThat(silence(50, 20, 1)).isEmpty();
        judge.blind();
        seconds += 600;
        assertThat(run(1, 20, 2)).isEmpty();
        assertThat(run(57, 20, 2)).isEmpty();
        assertThat(texts(run(5, 20, 2))).containsExactly("m001 machineDown");
    }

    @Test
    void timeInWhichTheAggregatorStoodStillDoesNotCount() {
        sees(1, 20);
        run(100, 20);
        seconds += 90;
        assertThat(judge.look(lastSeen, seconds * 1_000_000_000L, T0 + seconds * 1_000))
                .isEmpty();
        assertThat(judge.isJudging(seconds * 1_000_000_000L)).isFalse();
        assertThat(run(58, 20, 2)).isEmpty();
        assertThat(texts(run(4, 20, 2))).containsExactly("m001 machineDown");
    }

    @Test
    void aStepOfTheWallClockDownsNobody() {
        sees(1, 20);
        run(100, 20);
        assertThat(judge.look(lastSeen, seconds * 1_000_000_000L, T0 + 3_600_000_000L))
                .isEmpty();
    }

    @Test
    void aFifthOfTheFleetAtOnceIsOneAlert() {
        sees(1, 20);
        run(100, 20);
        List<AlertTransition> down = silence(80, 20, 5);
        assertThat(texts(down)).containsExactly("* machineDown");
        assertThat(down.getFirst().getEpisode().getMessage())
                .isEqualTo("5 of 20 machines are down: m001, m002, m003, m004, m005");
        assertThat(texts(run(1, 20, 5))).isEmpty();
        List<AlertTransition> back = run(1, 20, 2);
        assertThat(texts(back)).containsExactly("* machineBack", "m001 machineDown");
    }

    @Test
    void fewerAreToldOneByOne() {
        sees(1, 20);
        run(100, 20);
        assertThat(texts(silence(80, 20, 4)))
                .containsExactly("m001 machineDown", "m002 machineDown", "m003 machineDown", "m004 machineDown");
    }

    @Test
    void machinesThatGoWithinSecondsOfEachOtherCountTogether() {
        sees(1, 20);
        run(100, 20);
        List<AlertTransition> all = new ArrayList<>(silence(10, 20, 2));
        all.addAll(silence(70, 20, 8));
        assertThat(texts(all)).containsExactly("* machineDown");
    }

    @Test
    void aLoneMachineIsNoFleet() {
        sees(1, 1);
        run(100, 1);
        assertThat(texts(silence(70, 1, 1))).containsExactly("m001 machineDown");
    }

    @Test
    void rulesThatGoTakeTheirEpisodesAlong() {
        sees(1, 20);
        run(100, 20);
        silence(70, 20, 1);
        assertThat(texts(judge.use(RuleSet.NONE, T0))).containsExactly("m001 ruleRemoved");
        assertThat(judge.open()).isEmpty();
    }

    @Test
    void aMachineThatIsForgottenIsNoLongerDown() {
        sees(1, 20);
        run(100, 20);
        silence(70, 20, 1);
        lastSeen.remove(machine(1));
        assertThat(texts(run(1, 20, 2))).containsExactly("m001 noData");
    }

    /** All machines from the first to the last sent until now. */
    private void sees(int first, int last) {
        for (int i = first; i <= last; i++) {
            lastSeen.put(machine(i), T0 + seconds * 1000);
        }
    }

    private List<AlertTransition> run(int forSeconds, int machines) {
        return run(forSeconds, machines, 1);
    }

    /** Looks once a second while the machines from {@code firstAlive} on send. */
    private List<AlertTransition> run(int forSeconds, int machines, int firstAlive) {
        List<AlertTransition> all = new ArrayList<>();
        for (int i = 0; i < forSeconds; i++) {
            seconds++;
            sees(firstAlive, machines);
            all.addAll(judge.look(lastSeen, seconds * 1_000_000_000L, T0 + seconds * 1000));
        }
        return all;
    }

    /** The same while the first {@code silent} machines are silent. */
    private List<AlertTransition> silence(int forSeconds, int machines, int silent) {
        return run(forSeconds, machines, silent + 1);
    }

    private static MachineId machine(int number) {
        return new MachineId(String.format("m%03d", number));
    }

    private static List<String> texts(List<AlertTransition> transitions) {
        return transitions.stream()
                .map(t -> t.getEpisode().getMachine() + " " + t.getEpisode().getReason())
                .toList();
    }
}
