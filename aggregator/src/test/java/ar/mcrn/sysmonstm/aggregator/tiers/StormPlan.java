package ar.mcrn.sysmonstm.aggregator.tiers;

import ar.mcrn.sysmonstm.aggregator.history.HistoryTestRig;
import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.v1.DeviceRow;
import ar.mcrn.sysmonstm.v1.Disk;
import ar.mcrn.sysmonstm.v1.Filesystem;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.NetworkInterface;
import ar.mcrn.sysmonstm.v1.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * What some machines say over a span, and when it arrives: most of it at once, some a little late, some by backfill hours later,
 * some twice, some never. Runs end and begin, devices come and go with them, now and then two runs give the same stamp. The same
 * for the same seed. Made as it is taken, in the order of arrival; not for several threads.
 */
final class StormPlan {
    private static final int LONGEST_RUN = 5_000;

    private final Random random;
    private final Instant until;
    private final Duration step;
    private final PriorityQueue<Arrival> waiting = new PriorityQueue<>((a, b) -> Long.compare(a.at(), b.at()));
    private final PriorityQueue<Source> sources = new PriorityQueue<>((a, b) -> Long.compare(a.millis, b.millis));

    StormPlan(long seed, int machines, Instant from, Instant until, Duration step) {
        this.random = new Random(seed);
        this.until = until;
        this.step = step;
        for (int machine = 0; machine < machines; machine++) {
            sources.add(new Source("storm-" + machine, from.toEpochMilli() + random.nextInt((int) step.toMillis())));
        }
    }

    /**
     * A sample that reaches an aggregator.
     *
     * @param at when, Unix milliseconds
     * @param aggregator which of two
     * @param backfill on which lane
     * @param sample what the machine said
     */
    record Arrival(long at, int aggregator, boolean backfill, MachineInventory inventory, Sample sample) {}

    /** The next to arrive; null where there is no more. */
    Arrival next() {
        while (!sources.isEmpty()
                && (waiting.isEmpty() || sources.peek().millis <= waiting.peek().at())) {
            Source source = sources.remove();
            source.say();
            if (source.millis < until.toEpochMilli()) {
                sources.add(source);
            }
        }
        return waiting.poll();
    }

    private long within(long millis) {
        return 1 + random.nextLong(millis);
    }

    /** One machine. */
    private final class Source {
        private final String name;
        private final int home = random.nextInt(2);
        private long millis;
        private MachineInventory inventory;
        private long sequence;
        private int left;

        Source(String name, long millis) {
            this.name = name;
            this.millis = millis;
        }

        void say() {
            if (left-- == 0) {
                begin();
            }
            sequence++;
            int fate = random.nextInt(100);
            if (fate >= 5) {
                Sample sample = sample();
                boolean backfill = fate < 20;
                long delay = backfill ? within(4 * 3_600_000) : fate < 30 ? within(200_000) : within(2_000);
                waiting.add(new Arrival(millis + delay, home, backfill, inventory, sample));
                if (fate < 8) {
                    waiting.add(new Arrival(millis + within(7_200_000), 1 - home, true, inventory, sample));
                }
            }
            if (random.nextInt(500) == 0) {
                millis += within(360 * step.toMillis());
            }
            // Once in a while the next stamp is the same, of another run.
            if (random.nextInt(700) == 0) {
                left = 0;
            } else {
                millis += step.toMillis() + (random.nextInt(4) == 0 ? random.nextInt(20) : 0);
            }
        }

        private void begin() {
            left = 1 + random.nextInt(LONGEST_RUN);
            sequence = 0;
            Inventory.Builder told = Inventory.newBuilder()
                    .setRun(1 + random.nextLong(Long.MAX_VALUE - 1))
                    .setNumber(1)
                    .setLogicalCores(4);
            for (int disk = 0; disk <= random.nextInt(3); disk++) {
                told.addDisks(Disk.newBuilder().setName("sd" + (char) ('a' + disk)));
            }
            for (int nic = 0; nic <= random.nextInt(2); nic++) {
                told.addInterfaces(NetworkInterface.newBuilder().setName("eth" + nic));
            }
            told.addFilesystems(Filesystem.newBuilder().setMountpoint(random.nextBoolean() ? "/" : "/home"));
            inventory = HistoryTestRig.inventory(name, told.build());
        }

        private Sample sample() {
            Sample.Builder sample = Sample.newBuilder()
                    .setSequence(sequence)
                    .setEndMillis(millis)
                    .setDurationMillis((int) step.toMillis() - 5 + random.nextInt(11));
            long present = mask(HostColumn.MASK);
            sample.setPresent(present);
            for (HostColumn column : HostColumn.ALL) {
                if ((present & column.bit()) != 0) {
                    sample.addValues(value(column));
                }
            }
            if (sequence % 3 == 0) {
                for (int disk = 0; disk < inventory.disks().size(); disk++) {
                    sample.addDiskIntervals(row(disk, DiskColumn.ALL, DiskColumn.MASK));
                }
                for (int nic = 0; nic < inventory.interfaces().size(); nic++) {
                    sample.addInterfaceIntervals(row(nic, InterfaceColumn.ALL, InterfaceColumn.MASK));
                }
            }
            if (sequence % 10 == 0) {
                sample.addFilesystemIntervals(row(0, FilesystemColumn.ALL, FilesystemColumn.MASK));
            }
            return sample.build();
        }

        private DeviceRow row(int device, List<? extends Column> columns, long all) {
            long present = mask(all);
            List<Long> values = new ArrayList<>();
            for (Column column : columns) {
                if ((present & column.bit()) != 0) {
                    values.add(value(column));
                }
            }
            return DeviceRow.newBuilder()
                    .setDevice(device)
                    .setDurationMillis(9_990 + random.nextInt(20))
                    .setPresent(present)
                    .addAllValues(values)
                    .build();
        }

        private long mask(long all) {
            return random.nextInt(4) == 0 ? random.nextLong() & all : all;
        }

        private long value(Column column) {
            return switch (random.nextInt(12)) {
                case 0 -> 0;
                case 1 -> column.max();
                default -> random.nextLong(column.max() + 1);
            };
        }
    }
}
