package ar.mcrn.sysmonstm.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ChangeLogTest {
    private final ChangeLog log = new ChangeLog();

    @Test
    void tellsEachWhatItHasNotBeenTold() {
        log.add(values("web-1", "a", "b"));
        log.add(values("web-1", "b"));
        log.add(values("db-1", "c"));
        assertThat(log.since(0).machines).isEqualTo(Map.of("web-1", Set.of("a", "b"), "db-1", Set.of("c")));
        assertThat(log.since(1).machines).isEqualTo(Map.of("web-1", Set.of("b"), "db-1", Set.of("c")));
        assertThat(log.since(3).isEmpty()).isTrue();
        assertThat(log.version()).isEqualTo(3);
    }

    @Test
    void aMachineThatIsGoneIsToldAsGoneAloneAndOneThatIsBackAsThere() {
        log.add(values("web-1", "a"));
        log.add(inventory("web-1"));
        log.add(gone("web-1"));
        assertThat(log.since(0).machines).isEmpty();
        assertThat(log.since(0).removed).containsExactly("web-1");
        assertThat(log.inventoriesSince(0)).isEmpty();
        assertThat(log.wholeAt()).isZero();
        log.add(values("web-1", "a"));
        assertThat(log.since(0).removed).isEmpty();
        assertThat(log.since(3).machines).containsOnlyKeys("web-1");
    }

    @Test
    void whoWasNotToldThatAMachineWasGoneGetsASnapshotWhenItIsBack() {
        log.add(values("web-1", "a", "b"));
        log.add(gone("web-1"));
        log.add(values("db-1", "c"));
        log.add(values("web-1", "a"));
        assertThat(log.wholeAt()).as("told less than this: not of the removal").isEqualTo(2);
        log.add(values("web-1", "a"));
        assertThat(log.wholeAt()).isEqualTo(2);
    }

    @Test
    void aMachineThatIsGoneAndBackBeforeAnyoneIsToldAsksForASnapshot() {
        Changes pending = new Changes();
        pending.add(values("web-1", "a", "b"));
        pending.add(gone("web-1"));
        assertThat(pending.whole).isFalse();
        pending.add(values("web-1", "a"));
        assertThat(pending.whole).isTrue();
        assertThat(pending.removed).isEmpty();
    }

    @Test
    void inventoriesHaveTheirOwnMark() {
        log.add(values("web-1", "a"));
        assertThat(log.inventoriesAt()).isZero();
        log.add(inventory("web-1"));
        log.add(values("web-1", "a"));
        assertThat(log.inventoriesAt()).isEqualTo(2);
        assertThat(log.inventoriesSince(1)).containsExactly("web-1");
        assertThat(log.inventoriesSince(2)).isEmpty();
    }

    @Test
    void holdsNothingOfBeforeASnapshotForAll() {
        log.add(values("web-1", "a"));
        Changes whole = new Changes();
        whole.whole = true;
        log.add(whole);
        assertThat(log.wholeAt()).isEqualTo(2);
        assertThat(log.since(0).isEmpty()).isTrue();
        log.add(values("web-1", "a"));
        log.forget();
        assertThat(log.since(0).isEmpty()).isTrue();
        assertThat(log.version()).isEqualTo(3);
    }

    private static Changes values(String machine, String... keys) {
        Changes changes = new Changes();
        changes.machines.put(machine, Set.copyOf(List.of(keys)));
        return changes;
    }

    private static Changes gone(String machine) {
        Changes changes = new Changes();
        changes.removed.add(machine);
        return changes;
    }

    private static Changes inventory(String machine) {
        Changes changes = new Changes();
        changes.inventories.add(machine);
        return changes;
    }
}
