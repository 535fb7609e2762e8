package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Sample;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One tick after the other: reads all sources, and makes a sample of the newest two readings. Used by one thread. The first
 * reading makes no sample, since nothing is known of the time before it.
 */
public final class CollectionCycle implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CollectionCycle.class);
    private static final long NANOS_PER_MILLI = 1_000_000;
    /** Far above what the two clocks of one kernel differ by between two reads of them. */
    private static final long SLEEP_MILLIS = 2_000;
    /** What the first sample does not wait for: it covers less. */
    private static final long SLOW_AFTER_MILLIS = 1_000;

    private final List<GuardedSource> sources;
    private final InventoryBook book;
    private final SampleBuilder builder;
    private final FilesystemWatch filesystems;
    private final ProcessWatch processes;
    private final TemperatureWatch temperatures;
    private final ScheduledExecutorService slow;
    private final ScheduledExecutorService hanging;
    private final LongSupplier nanoTime;
    private Reading previous = new Reading();
    private Reading current = new Reading();
    private boolean hasPrevious;
    private boolean hasCurrent;

    /**
     * What one tick makes.
     *
     * @param sample covers the time between the newest two readings
     * @param inventory what its indexes belong to
     */
    public record Collected(Sample sample, Inventory inventory) {}

    /**
     * A cycle that has not begun.
     *
     * @param machine how it is read; closed with this
     * @param run the run that the inventories belong to
     * @param hostName network name of the machine
     * @param agentVersion for people
     * @param labels the operator's
     * @param phases when intervals close
     * @param nanoTime the monotonic clock
     */
    public CollectionCycle(
            Machine machine,
            long run,
            String hostName,
            String agentVersion,
            Map<String, String> labels,
            IntervalPhases phases,
            LongSupplier nanoTime) {
        sources = machine.sources().stream().map(GuardedSource::new).toList();
        book = new InventoryBook(run, hostName, agentVersion, labels, machine.facts(), machine.deviceFacts());
        builder = new SampleBuilder(machine.disks(), machine.interfaces(), phases);
        filesystems = new FilesystemWatch(machine.mounts(), machine.spaces());
        processes = new ProcessWatch(machine.processes(), machine.ticksPerSecond(), nanoTime);
        temperatures = new TemperatureWatch(machine.sys());
        slow = newTimer("agent-slow-readings");
        hanging = newTimer("agent-filesystems");
        this.nanoTime = nanoTime;
    }

    /**
     * Takes the first reading; what is read every 10 s follows a second later.
     *
     * @param nowMillis the corrected clock, Unix milliseconds
     */
    public void begin(long nowMillis) {
        every10Seconds(slow, "processes", processes::round);
        every10Seconds(slow, "temperatures", temperatures::round);
        every10Seconds(hanging, "file systems", filesystems::round);
        builder.begin(nowMillis);
        read();
    }

    private static ScheduledExecutorService newTimer(String name) {
        return Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name(name).factory());
    }

    /** With a fixed delay, so that after a pause of the process no missed rounds follow each other at once. */
    private static void every10Seconds(ScheduledExecutorService timer, String what, Runnable round) {
        var _ = timer.scheduleWithFixedDelay(
                () -> {
                    try {
                        round.run();
                    } catch (RuntimeException e) {
                        LOG.error("BUG: round failed: what={}", what, e);
                    }
                },
                SLOW_AFTER_MILLIS,
                FilesystemWatch.PERIOD_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /** Takes a reading; the one before it becomes what it is compared with. */
    public void read() {
        Reading oldest = previous;
        previous = current;
        current = oldest;
        hasPrevious = hasCurrent;
        hasCurrent = true;
        current.clear(nanoTime.getAsLong());
        for (GuardedSource source : sources) {
            source.read(current);
        }
    }

    /** When the newest reading began, by the monotonic clock: the end of the interval that it closes. */
    public long readNanos() {
        return current.nanos;
    }

    /** How long the machine slept between the newest two readings; empty where it did not, or that cannot be told. */
    public Optional<Duration> slept() {
        if (!hasPrevious || previous.uptimeMillis < 0 || current.uptimeMillis < 0) {
            return Optional.empty();
        }
        long sleep = current.uptimeMillis - previous.uptimeMillis - durationMillis();
        return sleep >= SLEEP_MILLIS ? Optional.of(Duration.ofMillis(sleep)) : Optional.empty();
    }

    /** Whole milliseconds of the monotonic clock, so that the durations of a run add up. */
    private long durationMillis() {
        return current.nanos / NANOS_PER_MILLI - previous.nanos / NANOS_PER_MILLI;
    }

    /** Learns how far the machine's own clock is ahead of the corrected one, milliseconds. */
    public void clockError(long millis) {
        book.clockError(millis);
    }

    /**
     * The sample between the newest two readings; empty where it would cover nothing, or more than an hour (the process was
     * stopped).
     *
     * @param sequence its number
     * @param stampMillis its end, Unix milliseconds
     */
    public Optional<Collected> collect(long sequence, long stampMillis) {
        if (!hasPrevious || !SampleBuilder.isUsable(durationMillis())) {
            return Optional.empty();
        }
        SlowReadings readings = new SlowReadings(filesystems.snapshot(), processes.snapshot(), temperatures.snapshot());
        book.update(
                current,
                readings.filesystems().mounts(),
                readings.temperatures().ids());
        Sample sample = builder.build(previous, current, (int) durationMillis(), sequence, stampMillis, readings);
        return Optional.of(new Collected(sample, book.newest()));
    }

    @Override
    public void close() {
        // Not waited for: a file system that hangs would hold up the end. Lists of processes are open within a round
        // only.
        slow.shutdownNow();
        hanging.shutdownNow();
        filesystems.close();
        sources.forEach(GuardedSource::close);
    }
}
