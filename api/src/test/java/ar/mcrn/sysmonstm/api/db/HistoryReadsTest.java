package ar.mcrn.sysmonstm.api.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ar.mcrn.sysmonstm.aggregator.history.HistoryTestRig;
import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.api.api.CoverageView;
import ar.mcrn.sysmonstm.api.api.FleetHistoryView;
import ar.mcrn.sysmonstm.api.api.HistoryView;
import ar.mcrn.sysmonstm.api.core.HistoryQuery;
import ar.mcrn.sysmonstm.api.core.TimeRange;
import ar.mcrn.sysmonstm.api.core.Visibility;
import ar.mcrn.sysmonstm.api.testing.Machine;
import ar.mcrn.sysmonstm.contract.Glob;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import ar.mcrn.sysmonstm.v1.DeviceRow;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.EventKind;
import ar.mcrn.sysmonstm.v1.Sample;
import com.google.protobuf.ByteString;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Reads against what the aggregator's writer wrote to a real PostgreSQL. */
class HistoryReadsTest {
    /** A whole minute, ten minutes ago; samples are stamped 430 ms into each second. */
    private static final long START = (System.currentTimeMillis() / 60_000 - 10) * 60_000;

    private static final long PHASE = 430;
    private static final int SAMPLES = 120;
    private static final int HOLE_FROM = 60;
    private static final int HOLE_TO = 90;

    private static PostgresFixture postgres;
    private static HistoryTestRig rig;
    private static HistoryReads history;

    @BeforeAll
    static void write() {
        postgres = PostgresFixture.start();
        rig = HistoryTestRig.start(postgres.dataSource());
        MachineInventory web = HistoryTestRig.inventory("web-1", new Machine("web-1").inventory());
        for (int i = 1; i <= SAMPLES; i++) {
            if (i <= HOLE_FROM || i > HOLE_TO) {
                rig.live(web, sample(i));
            }
        }
        rig.intake()
                .offerEvent(
                        new MachineId("web-1"),
                        Event.newBuilder()
                                .setRun(7)
                                .setEventSequence(1)
                                .setKind(EventKind.EVENT_KIND_SUSPEND)
                                .setTimeMillis(stamp(HOLE_TO))
                                .setFromMillis(stamp(HOLE_FROM))
                                .setToMillis(stamp(HOLE_TO))
                                .build(),
                        rig.outcomes());
        rig.awaitSettled();
        history = new HistoryReads(new Reads(postgres.dataSource()));
    }

    @AfterAll
    static void stop() {
        rig.close();
        postgres.close();
    }

    private static long stamp(int i) {
        return START + i * 1_000L + PHASE;
    }

    /** Second i: CPU i %, i x 100 bytes received within 1 s (2 s after the hole); every 10 s the disk wrote 5,000 bytes. */
    private static Sample sample(int i) {
        Sample.Builder sample = Sample.newBuilder()
                .setSequence(i <= HOLE_FROM ? i : i - (HOLE_TO - HOLE_FROM))
                .setEndMillis(stamp(i))
                .setDurationMillis(i == HOLE_TO + 1 ? 2_000 : 1_000)
                .setPresent(HostColumn.CPU_TOTAL.bit() | HostColumn.NETWORK_RECEIVE_BYTES.bit())
                .addValues(i * 50L)
                .addValues(i * 100L)
                .setCoreLoad(ByteString.copyFrom(new byte[] {(byte) 50, (byte) 200}));
        if (i % 10 == 0) {
            sample.addDiskIntervals(DeviceRow.newBuilder()
                    .setDevice(0)
                    .setPresent(0b10)
                    .addValues(5_000)
                    .setDurationMillis(10_000));
        }
        return sample.build();
    }

    private static HistoryView read(String metrics, long from, long to, int points) {
        Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
        HistoryQuery query = HistoryQuery.parse(
                "web-1",
                Optional.of(metrics),
                Optional.of(Instant.ofEpochMilli(from).toString()),
                Optional.of(Instant.ofEpochMilli(to).toString()),
                Optional.of(Integer.toString(points)),
                Optional.empty(),
                List.of(),
                now);
        return history.read(query, now).orElseThrow();
    }

    @Test
    void givesEachSecondAsItWasSampled() {
        HistoryView view = read("system.cpu.utilization", stamp(1) - 1_000, stamp(30), 600);
        assertThat(view.stepMillis()).isEqualTo(1_000);
        assertThat(view.tier()).isEqualTo("raw");
        HistoryView.Series cpu = view.series().getFirst();
        assertThat(cpu.unit()).isEqualTo("1");
        for (int i = 1; i < 30; i++) {
            int at = indexOf(view, stamp(i));
            assertThat(stamp(i) - view.times()[at]).isEqualTo(250);
            assertThat(cpu.avg()[at]).isEqualTo(i * 50 / 10_000.0, within(1e-9));
            assertThat(cpu.min()[at]).isEqualTo(cpu.max()[at]);
        }
        assertThat(view.gaps()).isEmpty();
    }

    @Test
    void putsSecondsTogetherAndDerivesRatesFromSums() {
        HistoryView view = read("system.network.io{direction=receive}", START, START + 60_000, 6);
        assertThat(view.stepMillis()).isEqualTo(15_000);
        HistoryView.Series received = view.series().getFirst();
        assertThat(received.key()).isEqualTo("system.network.io{direction=receive}");
        assertThat(received.unit()).isEqualTo("By/s");
        // 15.430 to 29.430 s: samples 15 to 29
        assertThat(received.min()[1]).isEqualTo(1_500);
        assertThat(received.avg()[1]).isEqualTo(2_200);
        assertThat(received.max()[1]).isEqualTo(2_900);
    }

    @Test
    void drawsAHoleAsNullsAndSaysWhy() {
        HistoryView view = read("system.network.io{direction=receive}", START, START + 121_000, 600);
        HistoryView.Series received = view.series().getFirst();
        assertThat(received.avg()[indexOf(view, stamp(60))]).isEqualTo(6_000);
        assertThat(received.avg()[indexOf(view, stamp(61))]).isNaN();
        assertThat(received.avg()[indexOf(view, stamp(89))]).isNaN();
        // sample 91 covers two seconds: the rate of its sum, in both
        assertThat(received.avg()[indexOf(view, stamp(90))]).isEqualTo(4_550);
        assertThat(received.avg()[indexOf(view, stamp(91))]).isEqualTo(4_550);
        assertThat(view.gaps()).first().satisfies(gap -> {
            assertThat(gap.reason()).isEqualTo("suspended");
            assertThat(gap.to() - gap.from()).isBetween(28_000L, 31_000L);
        });
    }

    @Test
    void saysHowMuchIsThere() {
        CoverageView whole =
                read("system.cpu.utilization", START, START + 121_000, 600).coverage();
        assertThat(whole.stored()).isEqualTo(90);
        assertThat(whole.issued()).isEqualTo(90);
        assertThat(whole.missing()).isZero();
        assertThat(whole.coveredMillis()).isEqualTo(91_000);
        assertThat(whole.spanMillis()).isEqualTo(121_000 - PHASE - 1_000);
        CoverageView detailed = history.coverage(
                        "web-1", Instant.ofEpochMilli(START), Instant.ofEpochMilli(START + 121_000), Instant.now())
                .orElseThrow();
        assertThat(detailed.runs()).containsExactly(new CoverageView.Run("7", 1, 90, 90, 0, stamp(1), stamp(SAMPLES)));
        assertThat(detailed.events()).singleElement().satisfies(event -> {
            assertThat(event.kind()).isEqualTo("suspend");
            assertThat(event.from()).isEqualTo(stamp(HOLE_FROM));
        });
    }

    @Test
    void aGapOfSamplesThatWereTakenIsAwaitedAndHealsWhenTheyCome() {
        MachineInventory late = HistoryTestRig.inventory("late-1", new Machine("late-1").inventory());
        for (int i = 1; i <= 60; i++) {
            if (i <= 20 || i > 40) {
                rig.live(late, numbered(i));
            }
        }
        rig.awaitSettled();
        HistoryView before = readOf("late-1", START, START + 61_000);
        assertThat(before.gaps()).extracting(HistoryView.Gap::reason).containsExactly("awaited");
        assertThat(before.coverage().missing()).isEqualTo(20);
        assertThat(before.coverage().issued()).isEqualTo(60);
        for (int i = 21; i <= 40; i++) {
            assertThat(rig.backfill(late, numbered(i))).isTrue();
        }
        rig.awaitSettled();
        HistoryView after = readOf("late-1", START, START + 61_000);
        assertThat(after.gaps()).isEmpty();
        assertThat(after.coverage().missing()).isZero();
        assertThat(after.coverage().stored()).isEqualTo(60);
    }

    /** An agent that samples each minute is not away between two samples. */
    @Test
    void theTimeUntilTheNextSampleIsDueIsNoGap() {
        MachineInventory slow = HistoryTestRig.inventory("slow-1", new Machine("slow-1").inventory());
        for (int i = 1; i <= 2; i++) {
            rig.live(
                    slow,
                    numbered(i).toBuilder()
                            .setEndMillis(stamp(60 * i))
                            .setDurationMillis(60_000)
                            .build());
        }
        rig.awaitSettled();
        for (int secondsAfter : new int[] {30, 60, 64, 70}) {
            Instant now = Instant.ofEpochMilli(stamp(120 + secondsAfter));
            HistoryQuery query = new HistoryQuery(
                    "slow-1", List.of("system.cpu.utilization"), Instant.ofEpochMilli(START), now, 600);
            assertThat(history.read(query, now).orElseThrow().gaps())
                    .as("%d s after the newest sample", secondsAfter)
                    .hasSize(secondsAfter < 65 ? 0 : 1);
        }
    }

    @Test
    void aGapIsExplainedByTheNumbersOfWhatWasLost() {
        MachineInventory lossy = HistoryTestRig.inventory("lossy-1", new Machine("lossy-1").inventory());
        for (int i = 1; i <= 60; i++) {
            if (i <= 20 || i > 40) {
                rig.live(lossy, numbered(i));
            }
        }
        // said much later, of numbers alone
        rig.intake()
                .offerEvent(
                        new MachineId("lossy-1"),
                        Event.newBuilder()
                                .setRun(7)
                                .setEventSequence(1)
                                .setKind(EventKind.EVENT_KIND_SAMPLE_LOST)
                                .setTimeMillis(stamp(55))
                                .setFirstSequence(25)
                                .setLastSequence(30)
                                .setDetail("refused: too old")
                                .build(),
                        rig.outcomes());
        rig.awaitSettled();
        assertThat(readOf("lossy-1", START, START + 61_000).gaps())
                .extracting(HistoryView.Gap::reason)
                .containsExactly("sampleLost");
    }

    private static Sample numbered(int i) {
        return Sample.newBuilder()
                .setSequence(i)
                .setEndMillis(stamp(i))
                .setDurationMillis(1_000)
                .setPresent(HostColumn.CPU_TOTAL.bit())
                .addValues(i)
                .build();
    }

    private static HistoryView readOf(String machine, long from, long to) {
        return history.read(
                        new HistoryQuery(
                                machine,
                                List.of("system.cpu.utilization"),
                                Instant.ofEpochMilli(from),
                                Instant.ofEpochMilli(to),
                                600),
                        Instant.now())
                .orElseThrow();
    }

    @Test
    void readsCoresAndDevicesByGlob() {
        HistoryView view =
                read("system.cpu.utilization{logical_number=*},system.disk.io{device=*}", START, START + 60_000, 600);
        assertThat(view.series())
                .extracting(HistoryView.Series::key)
                .containsExactly(
                        "system.cpu.utilization{logical_number=0}",
                        "system.cpu.utilization{logical_number=1}",
                        "system.disk.io{device=sda,direction=read}",
                        "system.disk.io{device=sda,direction=write}");
        int at = indexOf(view, stamp(25));
        assertThat(view.series().get(0).avg()[at]).isEqualTo(0.25);
        assertThat(view.series().get(1).avg()[at]).isEqualTo(1);
        assertThat(view.series().get(2).avg()[at]).isNaN();
        assertThat(view.series().get(3).avg()[at]).isEqualTo(500);
        assertThat(view.series().get(3).attributes()).containsEntry("device", "sda");
    }

    @Test
    void readsCoresThatTheNewestRowDoesNotTellOf() {
        MachineInventory blind = HistoryTestRig.inventory("blind-1", new Machine("blind-1").inventory());
        for (int i = 1; i <= 10; i++) {
            Sample sample = numbered(i);
            rig.live(
                    blind,
                    i == 10
                            ? sample
                            : sample.toBuilder()
                                    .setCoreLoad(ByteString.copyFrom(new byte[] {50}))
                                    .build());
        }
        rig.awaitSettled();
        HistoryQuery query = new HistoryQuery(
                "blind-1",
                List.of("system.cpu.utilization{logical_number=0}"),
                Instant.ofEpochMilli(START),
                Instant.ofEpochMilli(START + 20_000),
                600);
        HistoryView view = history.read(query, Instant.now()).orElseThrow();
        assertThat(view.series()).singleElement().satisfies(core -> {
            assertThat(core.avg()[indexOf(view, stamp(9))]).isEqualTo(0.25);
            assertThat(core.avg()[indexOf(view, stamp(10))]).isNaN();
        });
    }

    @Test
    void aRowAfterTheEndSpeaksForTheLastSteps() {
        HistoryView view = read("system.disk.io{device=sda,direction=write}", START, stamp(25), 600);
        double[] written = view.series().getFirst().avg();
        assertThat(written).hasSize(view.times().length);
        assertThat(view.times()[written.length - 1]).isLessThan(stamp(25));
        assertThat(written[written.length - 1]).as("the row of second 30").isEqualTo(500);
        assertThat(written[indexOf(view, stamp(22))]).isEqualTo(500);
    }

    @Test
    void devicesThatAreGoneCountTowardNoLimit() throws Exception {
        MachineInventory host = HistoryTestRig.inventory("containers-1", new Machine("containers-1").inventory());
        for (int i = 1; i <= 20; i++) {
            rig.live(host, sample(i));
        }
        rig.awaitSettled();
        try (Connection connection = postgres.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("insert into device (machine_id, kind, name) select machine_id, 'disk', 'gone' || i"
                    + " from machine cross join generate_series(1, 10001) as i where name = 'containers-1'");
        }
        HistoryQuery query = new HistoryQuery(
                "containers-1",
                List.of("system.disk.io{device=*,direction=write}"),
                Instant.ofEpochMilli(START),
                Instant.ofEpochMilli(START + 20_000),
                600);
        assertThat(history.read(query, Instant.now()).orElseThrow().series())
                .extracting(HistoryView.Series::key)
                .containsExactly("system.disk.io{device=sda,direction=write}");
        FleetHistoryView fleet = new FleetReads(new Reads(postgres.dataSource()), Visibility.EVERYTHING)
                .history(
                        "system.disk.io{device=*,direction=write}",
                        new TimeRange(Instant.ofEpochMilli(START), Instant.ofEpochMilli(START + 20_000)),
                        10,
                        new Glob("containers-*"),
                        Instant.now());
        assertThat(fleet.series())
                .extracting(FleetHistoryView.Series::key)
                .containsExactly("system.disk.io{device=sda,direction=write}");
    }

    @Test
    void statementsShareTheTimeOfTheirTransaction() {
        Reads brief = new Reads(postgres.dataSource(), Duration.ofMillis(800));
        assertThatThrownBy(() -> brief.read(handle -> {
                    handle.createQuery("select pg_sleep(0.5)::text")
                            .mapTo(String.class)
                            .one();
                    return handle.createQuery("select pg_sleep(0.5)::text")
                            .mapTo(String.class)
                            .one();
                }))
                .isInstanceOf(DatabaseDown.class)
                .hasMessageContaining("ask for less");
    }

    @Test
    void rowsThatComeForTooLongEndToo() {
        Reads brief = new Reads(postgres.dataSource(), Duration.ofMillis(800));
        assertThatThrownBy(() -> brief.read(handle -> {
                    Deadline deadline = Deadline.of(handle);
                    // Each portion is there at once: the database's own limit for a statement never ends this.
                    return handle
                            .createQuery("select i from generate_series(1, 9e12::bigint) as i")
                            .setFetchSize(1_000)
                            .map((row, context) -> {
                                deadline.row();
                                return row.getLong(1);
                            })
                            .stream()
                            .mapToLong(Long::longValue)
                            .sum();
                }))
                .isInstanceOf(DatabaseDown.class)
                .hasMessageContaining("ask for less");
    }

    @Test
    void refusesWhatIsNoMetricAndKnowsNoOtherMachine() {
        assertThatThrownBy(() -> read("system.nonsense", START, START + 60_000, 60))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("system.nonsense");
        HistoryQuery other = new HistoryQuery(
                "web-2", List.of("system.cpu.utilization"), Instant.EPOCH, Instant.EPOCH.plusSeconds(60), 60);
        assertThat(history.read(other, Instant.now())).isEmpty();
    }

    @Test
    void answersAnEmptyRangeWithNulls() {
        HistoryView view = read("system.cpu.utilization", START - 3_600_000, START - 3_000_000, 100);
        assertThat(view.series().getFirst().avg()).containsOnly(Double.NaN);
        assertThat(view.gaps()).isEmpty();
    }

    private static int indexOf(HistoryView view, long time) {
        return (int) ((time - view.times()[0]) / view.stepMillis());
    }
}
