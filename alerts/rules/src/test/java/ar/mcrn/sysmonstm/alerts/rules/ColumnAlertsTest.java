package ar.mcrn.sysmonstm.alerts.rules;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.contract.MetricKey;
import ar.mcrn.sysmonstm.v1.AlertAnnouncement;
import ar.mcrn.sysmonstm.v1.AlertState;
import ar.mcrn.sysmonstm.v1.AlertTransition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules of one column judged together give what each of them gives alone. */
class ColumnAlertsTest {
    private static final MachineId WEB = new MachineId("web-1");
    private static final long T0 = 1_763_683_200_000L;
    private static final int SECOND = 1_000;
    private static final int TEN_SECONDS = 10_000;
    private static final List<DeviceKind> KINDS = List.copyOf(EnumSet.allOf(DeviceKind.class));
    private static final List<String> DEVICES = List.of("sda", "sdb", "nvme0");
    private static final List<HostColumn> COLUMNS =
            List.of(HostColumn.CPU_TOTAL, HostColumn.NETWORK_RECEIVE_BYTES, HostColumn.MEMORY_UTILIZATION);

    private final List<String> together = new ArrayList<>();
    private final List<String> alone = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void agreesWithInstancesJudgedOneByOne(long seed) {
        Random random = new Random(seed);
        List<AlertRule> rules = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            rules.add(rule(random, i));
        }
        AlertEvaluator evaluator = new AlertEvaluator("aggregator-1", told -> together.add(text(told)));
        evaluator.use(new RuleSet(rules));
        Map<String, AlertInstance> instances = new LinkedHashMap<>();
        for (AlertRule rule : rules) {
            SeriesTest test = SeriesTest.compile(rule, (Condition.Threshold) rule.condition())
                    .getFirst();
            instances.put(rule.name(), new AlertInstance(test, test.series("")));
        }
        long end = T0;
        for (int step = 0; step < 3_000; step++) {
            end += SECOND * (random.nextInt(20) == 0 ? random.nextInt(10) - 4L : 1);
            Map<Column, Long> values = new HashMap<>();
            for (HostColumn column : COLUMNS) {
                if (random.nextInt(10) > 0) {
                    values.put(column, value(random));
                }
            }
            MachineAlerts page = evaluator.machine(WEB);
            evaluator.begin(page, 1, end, SECOND);
            evaluator.host(page, AlertEvaluatorTest.values(values), end, SECOND);
            observeAlone(instances, values, end);
            if (random.nextInt(50) == 0) {
                evaluator.announce(end);
                evaluator.sweep(end);
            }
            assertThat(together.stream().sorted())
                    .isEqualTo(alone.stream().sorted().toList());
            together.clear();
            alone.clear();
        }
        assertThat(instances.values()).anyMatch(instance -> instance.firedMillis() > 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
    void agreesWithDevicesRuleChangesNewRunsAndStateTakenOver(long seed) {
        Random random = new Random(seed);
        List<AlertRule> rules = rules(random);
        AlertEvaluator evaluator = new AlertEvaluator("aggregator-1", told -> together.add(text(told)));
        evaluator.use(new RuleSet(rules));
        OneByOne model = new OneByOne(rules, alone);
        long end = T0;
        long run = 1;
        for (int step = 0; step < 3_000; step++) {
            String what = "seed " + seed + ", step " + step;
            switch (random.nextInt(150)) {
                case 0 -> {
                    rules = changed(rules, random);
                    evaluator.use(new RuleSet(rules));
                    model.use(rules);
                }
                case 1 -> {
                    AlertAnnouncement state = evaluator.state(WEB);
                    evaluator = new AlertEvaluator("aggregator-2", told -> together.add(text(told)));
                    evaluator.use(new RuleSet(rules));
                    evaluator.restore(WEB, state);
                    model.takeOver(rules);
                }
                case 2 -> {
                    run++;
                    end -= (long) SECOND * random.nextInt(30);
                }
                default -> end += SECOND * (random.nextInt(20) == 0 ? random.nextInt(10) - 4L : 1);
            }
            MachineAlerts page = evaluator.machine(WEB);
            evaluator.begin(page, run, end, SECOND);
            model.begin(run, end);
            Map<Column, Long> values = new HashMap<>();
            for (HostColumn column : COLUMNS) {
                if (random.nextInt(10) > 0) {
                    values.put(column, value(random));
                }
            }
            evaluator.host(page, AlertEvaluatorTest.values(values), end, SECOND);
            model.host(values, end);
            if (step % 10 == 0) {
                for (DeviceKind kind : DeviceKind.values()) {
                    for (String device : DEVICES) {
                        Map<Column, Long> ofDevice = new HashMap<>();
                        for (Column column : kind.columns().subList(0, 2)) {
                            if (random.nextInt(10) > 0) {
                                ofDevice.put(column, value(random));
                            }
                        }
                        evaluator.device(page, kind, device, AlertEvaluatorTest.values(ofDevice), end, TEN_SECONDS);
                        model.device(kind, device, ofDevice, end);
                    }
                }
            }
            if (random.nextInt(50) == 0) {
                evaluator.announce(end);
                evaluator.sweep(end);
            }
            assertThat(together.stream().sorted())
                    .as(what)
                    .isEqualTo(alone.stream().sorted().toList());
            together.clear();
            alone.clear();
            assertThat(evaluator.state(WEB).getEpisodesList().stream()
                            .map(each -> each.getRule() + ' ' + each.getSeries())
                            .sorted())
                    .as(what)
                    .isEqualTo(model.active());
        }
        assertThat(model.fired).as("seed " + seed).containsKeys(true, false);
    }

    /** Instances made as devices are heard of and judged one by one, each by itself. */
    private static final class OneByOne {
        private final Map<String, AlertInstance> instances = new LinkedHashMap<>();
        private final Map<Boolean, Long> fired = new HashMap<>();
        private final List<String> told;
        private List<SeriesTest> tests = List.of();
        private long run;
        private long lastMillis;

        OneByOne(List<AlertRule> rules, List<String> told) {
            this.told = told;
            use(rules);
        }

        void use(List<AlertRule> rules) {
            tests = rules.stream()
                    .flatMap(rule -> SeriesTest.compile(rule, (Condition.Threshold) rule.condition()).stream())
                    .toList();
            Map<String, AlertInstance> before = new LinkedHashMap<>(instances);
            instances.clear();
            before.forEach((key, old) -> {
                SeriesTest successor = tests.stream()
                        .filter(test -> test.rule.name().equals(old.test.rule.name())
                                && test.column.equals(old.test.column)
                                && covers(test, old.series))
                        .findFirst()
                        .orElse(null);
                if (successor == null) {
                    tell(old, old.end(), lastMillis);
                } else {
                    instance(successor, old.series).continueFrom(old);
                }
            });
        }

        private static boolean covers(SeriesTest test, String series) {
            if (test.ofHost()) {
                return true;
            }
            Map<String, String> attributes = MetricKey.parse(series).attributes();
            return Arrays.stream(DeviceKind.values())
                    .anyMatch(kind -> attributes.containsKey(kind.attribute())
                            && test.covers(kind, attributes.get(kind.attribute())));
        }

        /** Another evaluator knows of those under way, and nothing of the others. */
        void takeOver(List<AlertRule> rules) {
            Map<String, AlertInstance> before = new LinkedHashMap<>(instances);
            instances.clear();
            use(rules);
            before.values().stream()
                    .filter(AlertInstance::isActive)
                    .forEach(old -> instance(old.test, old.series)
                            .restore(old.state(), old.startMillis(), old.firedMillis(), lastMillis));
            run = 0;
            lastMillis = 0;
        }

        void begin(long sampleRun, long end) {
            boolean back = sampleRun != run && end <= lastMillis;
            run = sampleRun;
            lastMillis = back ? end : Math.max(lastMillis, end);
            if (back) {
                for (AlertInstance instance : instances.values()) {
                    if (instance.state() == AlertState.ALERT_STATE_PENDING) {
                        tell(instance, instance.end(), end);
                    }
                    instance.rebase(end - SECOND);
                }
            }
        }

        void host(Map<Column, Long> values, long end) {
            tests.stream().filter(SeriesTest::ofHost).forEach(test -> observe(test, "", values, end, SECOND));
        }

        void device(DeviceKind kind, String device, Map<Column, Long> values, long end) {
            tests.stream()
                    .filter(test -> test.covers(kind, device))
                    .forEach(test -> observe(test, device, values, end, TEN_SECONDS));
        }

        private void observe(SeriesTest test, String device, Map<Column, Long> values, long end, int duration) {
            Long wire = values.get(test.column);
            if (wire == null) {
                return;
            }
            AlertInstance instance = instance(test, test.series(device));
            AlertChange change = instance.observe(wire, end, duration);
            if (change == AlertChange.HOLE) {
                tell(instance, change, end);
                change = instance.observe(wire, end, duration);
            }
            tell(instance, change, end);
            if (change == AlertChange.FIRED || change == AlertChange.FIRED_AT_ONCE) {
                fired.merge(test.ofHost(), 1L, Long::sum);
            }
        }

        private AlertInstance instance(SeriesTest test, String series) {
            return instances.computeIfAbsent(test.rule.name() + ' ' + series, _ -> new AlertInstance(test, series));
        }

        private void tell(AlertInstance instance, AlertChange change, long timeMillis) {
            if (change != AlertChange.NONE) {
                told.add(instance.test.rule.name()
                        + ' '
                        + instance.series
                        + ' '
                        + change.from()
                        + ' '
                        + instance.startMillis()
                        + ' '
                        + timeMillis);
            }
        }

        List<String> active() {
            return instances.entrySet().stream()
                    .filter(each -> each.getValue().isActive())
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
        }
    }

    private static List<AlertRule> rules(Random random) {
        List<AlertRule> rules = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            rules.add(i % 2 == 0 ? rule(random, i) : deviceRule(random, i));
        }
        return rules;
    }

    /** Some go, some get other limits under the same name, some come back. */
    private static List<AlertRule> changed(List<AlertRule> rules, Random random) {
        Map<String, AlertRule> before = new HashMap<>();
        rules.forEach(rule -> before.put(rule.name(), rule));
        List<AlertRule> now = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            AlertRule fresh = i % 2 == 0 ? rule(random, i) : deviceRule(random, i);
            AlertRule known = before.get(fresh.name());
            if (known == null || random.nextInt(5) > 0) {
                now.add(known == null || random.nextInt(3) == 0 ? fresh : known);
            }
        }
        return now;
    }

    private static AlertRule deviceRule(Random random, int number) {
        DeviceKind kind = KINDS.get(random.nextInt(KINDS.size()));
        Column column = kind.columns().get(random.nextInt(2));
        String glob = List.of("*", "sd*", "sda", "nvme?").get(random.nextInt(4));
        return rule(random, number, column, MetricKey.of(column, kind.attribute(), glob), TEN_SECONDS);
    }

    private void observeAlone(Map<String, AlertInstance> instances, Map<Column, Long> values, long end) {
        instances.forEach((name, instance) -> {
            Long wire = values.get(instance.test.column);
            if (wire == null) {
                return;
            }
            AlertChange change = instance.observe(wire, end, SECOND);
            if (change == AlertChange.HOLE) {
                alone.add(
                        name + ' ' + instance.series + ' ' + change.from() + ' ' + instance.startMillis() + ' ' + end);
                change = instance.observe(wire, end, SECOND);
            }
            if (change != AlertChange.NONE) {
                alone.add(
                        name + ' ' + instance.series + ' ' + change.from() + ' ' + instance.startMillis() + ' ' + end);
            }
        });
    }

    private static String text(AlertTransition told) {
        return told.getEpisode().getRule()
                + ' '
                + told.getEpisode().getSeries()
                + ' '
                + AlertState.forNumber(told.getFrom().getNumber())
                + ' '
                + told.getEpisode().getStartMillis()
                + ' '
                + told.getTimeMillis();
    }

    /** Mostly in the middle, where no rule holds. */
    private static long value(Random random) {
        return random.nextInt(8) == 0 ? random.nextInt(10_001) : 4_000 + random.nextInt(2_000);
    }

    private static AlertRule rule(Random random, int number) {
        HostColumn column = COLUMNS.get(random.nextInt(COLUMNS.size()));
        return rule(random, number, column, MetricKey.of(column), SECOND);
    }

    private static AlertRule rule(Random random, int number, Column column, MetricKey key, int durationMillis) {
        boolean above = random.nextBoolean();
        long wire = above ? 6_500 + random.nextInt(3_000) : 500 + random.nextInt(3_000);
        long clear = above ? wire - random.nextInt(1_000) : wire + random.nextInt(1_000);
        return new AlertRule(
                "rule-" + number,
                new Condition.Threshold(
                        key,
                        above ? Comparison.ABOVE : Comparison.BELOW,
                        column.value(wire, durationMillis),
                        column.value(clear, durationMillis)),
                Duration.ofMillis(random.nextInt(3) * (long) durationMillis),
                Severity.WARNING,
                MachineSelector.ALL,
                "");
    }
}
