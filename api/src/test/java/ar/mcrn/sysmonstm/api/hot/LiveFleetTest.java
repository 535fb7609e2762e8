package ar.mcrn.sysmonstm.api.hot;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.api.core.MachineState;
import ar.mcrn.sysmonstm.api.testing.Machine;
import ar.mcrn.sysmonstm.contract.HotState.HotMachine;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.LiveTick;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LiveFleetTest {
    private static final long NOW = 1_700_000_000_000L;

    private final LiveFleet fleet = new LiveFleet();
    private final Machine web = new Machine("web-1");

    private double value(String key) {
        LiveMachine machine = fleet.machine("web-1").orElseThrow();
        return machine.values()[machine.table().number(key)];
    }

    @Test
    void anOlderSampleThatComesLaterIsLeftOut() {
        LiveTick older = web.first(NOW - 1_000, 100);
        fleet.apply(web.first(NOW, 200), NOW);
        fleet.apply(older, NOW);
        assertThat(value("system.cpu.utilization")).isEqualTo(0.02);
        fleet.applyAll(
                Map.of(
                        new MachineId("web-1"),
                        new HotMachine(
                                new MachineId("web-1"),
                                NOW - 5_000,
                                Optional.of(web.sample(NOW - 5_000, 300)),
                                Optional.of(web.inventory()))),
                NOW);
        assertThat(value("system.cpu.utilization")).isEqualTo(0.02);
    }

    @Test
    void slowValuesHoldUntilTheyAreOld() {
        fleet.apply(web.first(NOW, 100), NOW);
        fleet.apply(web.next(NOW + 60_000, 100), NOW + 60_000);
        assertThat(value("system.filesystem.utilization{mountpoint=/}")).isEqualTo(0.75);
        fleet.apply(web.next(NOW + 71_000, 100), NOW + 71_000);
        assertThat(value("system.filesystem.utilization{mountpoint=/}")).isNaN();
    }

    @Test
    void devicesOfAnotherInventoryAreNotMixedUp() {
        fleet.apply(web.first(NOW, 100), NOW);
        LiveTick other = LiveTick.newBuilder()
                .addSamples(web.withDisk("nvme0n1").sample(NOW + 1_000, 100))
                .build();
        fleet.apply(other, NOW + 1_000);
        assertThat(value("system.disk.io{device=sda,direction=read}")).isNaN();
        assertThat(value("system.cpu.utilization")).isEqualTo(0.01);
    }

    @Test
    void statesFollowTheTimeSinceWeHeardWhateverTheAggregatorsClock() {
        fleet.connected(true);
        fleet.apply(web.first(NOW - 500_000, 100), NOW);
        assertThat(state(NOW + 3_000)).isEqualTo(MachineState.UP);
        assertThat(state(NOW + 3_001)).isEqualTo(MachineState.STALE);
        assertThat(state(NOW + 60_001)).isEqualTo(MachineState.DOWN);
    }

    @Test
    void nothingIsCalledDownWhileHotStateIsAway() {
        fleet.apply(web.first(NOW, 100), NOW);
        assertThat(state(NOW + 600_000)).isEqualTo(MachineState.STALE);
        fleet.connected(true);
        assertThat(state(NOW + 600_000)).isEqualTo(MachineState.DOWN);
    }

    private MachineState state(long now) {
        fleet.refresh(now);
        return fleet.machine("web-1").orElseThrow().state();
    }

    @Test
    void forgetsWhatHotStateForgot() {
        fleet.apply(web.first(NOW, 100), NOW);
        fleet.takeChanges();
        fleet.applyAll(Map.of(), NOW + 59_000);
        assertThat(fleet.machines()).hasSize(1);
        fleet.applyAll(Map.of(), NOW + 61_000);
        assertThat(fleet.machines()).isEmpty();
        assertThat(fleet.takeChanges().removed()).containsExactly("web-1");
    }

    @Test
    void sparklineKeepsFiveMinutesAtOnePointASecond() {
        fleet.apply(web.first(NOW, 0), NOW);
        for (int i = 1; i < 1_600; i++) {
            long time = NOW + i * 250L;
            fleet.apply(web.next(time, i), time);
        }
        long end = NOW + 1_599 * 250L;
        Sparkline line = fleet.sparkline("web-1").orElseThrow();
        Sparkline.Points all = line.points(1, end);
        assertThat(all.times()).hasSize(300);
        assertThat(all.times()[299]).isBetween(end - 1_000, end);
        assertThat(line.points(10, end).times()).hasSize(30);
        assertThat(line.points(1, end + 200_000).times().length).isBetween(99, 101);
    }
}
