package ar.mcrn.sysmonstm.agent.send;

import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.Inventory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Keeps samples, events and inventories until the aggregator has committed them. All methods may be called from any thread.
 *
 * <p>A sample is in one of these states:
 *
 * <pre>
 * append ─▶ live ──takeLive──▶ sentLive ──settle──▶ (gone)
 *            │ ▲                │  │
 *            │ └──returnSent────┘  │ defer, streamEnded
 *            ▼ 33rd unsent         ▼
 *          waiting ◀───────────────┘
 *            │ ▲
 *            │ └── returnSent, defer, streamEnded
 *            └──takeBackfill──▶ sentBackfill ──settle──▶ (gone)
 * </pre>
 *
 * <p>Bounded: when it is full the oldest samples that are not under way are dropped, and named by {@link #takeLosses}.
 */
public interface Spool extends AutoCloseable {
    /** Unsent samples of the live lane; one more, and the oldest of them waits for backfill. */
    int LIVE_SAMPLES = 32;

    /** Keeps an inventory as long as samples of its run need it; comes before the first sample that does. */
    void append(Inventory inventory);

    /** Keeps a sample, on the live lane. Its run is that of the newest inventory, its sequence higher than all before. */
    void append(SpoolRecord sample);

    /** Keeps an event. */
    void append(Event event);

    /** An inventory that a sample kept here needs; empty where it was never kept or nothing needs it. */
    Optional<Inventory> inventory(long run, int number);

    /** False where something of a run is kept that cannot be read now: an inventory that was not found may be in it. */
    boolean isReadable(long run);

    /**
     * Unsent samples of the live lane, oldest first, all of one run and inventory; they are under way then. Empty where there
     * is none. At least one where there is one, whatever its size.
     */
    List<SpoolRecord> takeLive(int maxSamples, int maxBytes);

    /** Waiting samples, the newest run's oldest first, all of one run and inventory; otherwise as {@link #takeLive}. */
    List<SpoolRecord> takeBackfill(int maxSamples, int maxBytes);

    /** Forgets samples that are committed, or finally rejected. Returns how many were there. */
    int settle(SequenceRange samples);

    /**
     * Samples sent on the live lane, and on the backfill lane where {@code backfillToo}, wait for backfill. Returns how many
     * those were.
     */
    int defer(SequenceRange samples, boolean backfillToo);

    /** Samples under way are to be sent again, on the lane they were sent on. Returns how many those were. */
    int returnSent(SequenceRange samples);

    /** Everything under way has no outcome and will not get one: samples wait for backfill, events are unsent again. */
    void streamEnded();

    /** The run is over: unsent samples of the live lane wait for backfill, since that lane is for the stream's own run. */
    void runEnded();

    /** Unsent events, oldest first, as long as no more than {@code limit} are under way; they are under way then. */
    List<Event> takeEvents(int limit);

    /** Forgets events that are committed or finally rejected. Returns how many were there. */
    int settleEvents(SequenceRange events);

    /**
     * Samples lost here that no event names yet, merged, oldest first; the caller appends an event for each. None while events
     * take more than half of their room: losses that wait go on being merged, events that are too many push others out.
     */
    List<Loss> takeLosses();

    /** Learns how old a sample may be that the aggregator still accepts. */
    void acceptHorizon(Duration horizon);

    /** Drops what is older than the horizon, by a clock that the aggregator has set right; does nothing before one is known. */
    void expire(long nowMillis);

    /** Stamp of the sample kept last, by this process or one before; 0 where none was. */
    long lastStampMillis();

    /** What was kept last of the wall clock's error, by this process or one before, microseconds. */
    long correctionMicros();

    /** Keeps the wall clock's error for the next process. */
    void keepCorrection(long micros);

    /** To be called every few seconds, not by a thread that must not wait for a disk. */
    void maintain();

    /** What is kept now. */
    Levels levels();

    /**
     * What is kept now.
     *
     * @param live unsent on the live lane
     * @param waiting for backfill
     * @param underWay sent, without outcome
     * @param events kept
     * @param bytes taken by all samples
     * @param dropped samples dropped since the start, since there was no room or they were too old
     * @param lost samples found damaged since the start
     * @param onDisk true where what is appended survives the process
     */
    record Levels(
            int live, int waiting, int underWay, int events, long bytes, long dropped, long lost, boolean onDisk) {
        /** As records have it, but logged before the first sample: the JDK's way has to be made first, which takes longer. */
        @Override
        public String toString() {
            return "Levels[live=" + live + ", waiting=" + waiting + ", underWay=" + underWay + ", events=" + events
                    + ", bytes=" + bytes + ", dropped=" + dropped + ", lost=" + lost + ", onDisk=" + onDisk + "]";
        }
    }

    @Override
    void close();
}
