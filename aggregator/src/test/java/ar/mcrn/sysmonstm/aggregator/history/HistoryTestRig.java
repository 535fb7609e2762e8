package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.aggregator.ingest.StreamOutcomes;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Sample;
import com.codahale.metrics.MetricRegistry;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.dropwizard.lifecycle.setup.LifecycleEnvironment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * The real history, from slot to database, without the ring and the gRPC side: migrates, starts the writer, takes samples.
 * For tests of the history and of whatever reads what it writes.
 *
 * <pre>{@code
 * try (HistoryTestRig rig = HistoryTestRig.start(dataSource)) {
 *     MachineInventory web = HistoryTestRig.inventory("web-1", Inventory.newBuilder().setRun(7).setNumber(1)...build());
 *     rig.live(web, sample);
 *     rig.awaitSettled();
 * }
 * }</pre>
 */
public final class HistoryTestRig implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int INTERVAL_MILLIS = 1_000;

    private final LifecycleEnvironment lifecycle = new LifecycleEnvironment(new MetricRegistry());
    private final Telemetry telemetry = new Telemetry("aggregator");
    private final Readiness readiness = new Readiness();
    private final RecordedOutcomes outcomes = new RecordedOutcomes();
    private final HistoryAssembly history;
    private long ringSequence;

    private HistoryTestRig(DataSource source, HistorySettings settings) {
        history = new HistoryAssembly(settings, source, telemetry, readiness, lifecycle);
        for (LifeCycle each : lifecycle.getManagedObjects()) {
            try {
                each.start();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** With default settings, but that live rows wait for 50 ms only. */
    public static HistoryTestRig start(DataSource source) {
        return start(source, new HistorySettings("", null, Duration.ofMillis(50), null, null, null, null));
    }

    /** With settings of the test's own. */
    public static HistoryTestRig start(DataSource source, HistorySettings settings) {
        return new HistoryTestRig(source, settings);
    }

    /** Inventory of a machine, as a stream would hold it. */
    public static MachineInventory inventory(String machine, Inventory inventory) {
        return new MachineInventory(new MachineId(machine), inventory);
    }

    /** Offers a live sample, as the ring would; its outcome goes to {@link #outcomes()}. Test thread only. */
    public void live(MachineInventory inventory, Sample sample) {
        live(inventory, sample, outcomes, System.nanoTime());
    }

    void live(MachineInventory inventory, Sample sample, StreamOutcomes stream, long receivedNanos) {
        try {
            history.liveHandler().onEvent(slot(inventory, stream, sample, false, receivedNanos), ringSequence++, true);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Offers a backfill sample; false where there is no room. */
    public boolean backfill(MachineInventory inventory, Sample sample) {
        return backfill(inventory, sample, outcomes);
    }

    boolean backfill(MachineInventory inventory, Sample sample, StreamOutcomes stream) {
        return history.offerBackfill(slot(inventory, stream, sample, true, System.nanoTime()));
    }

    /** A slot that holds the sample as ingest would fill it. */
    public static SampleSlot slot(
            MachineInventory inventory, StreamOutcomes stream, Sample sample, boolean late, long receivedNanos) {
        SampleSlot slot = new SampleSlot();
        slot.setOrigin(inventory, stream, INTERVAL_MILLIS, System.currentTimeMillis(), receivedNanos, late);
        slot.setIdentity(sample.getSequence(), sample.getEndMillis(), sample.getDurationMillis());
        slot.setPresent(sample.getPresent());
        int value = 0;
        for (long mask = sample.getPresent(); mask != 0; mask &= mask - 1) {
            slot.setHost(Long.numberOfTrailingZeros(mask), sample.getValues(value++));
        }
        byte[] payload = sample.toByteArray();
        if (payload.length <= SampleSlot.INLINE_BYTES) {
            slot.copyPayload(payload, 0, payload.length);
        } else {
            slot.setPayload(payload, payload.length);
        }
        slot.setCores(coreOffset(payload), sample.getCoreLoad().size());
        return slot;
    }

    private static int coreOffset(byte[] payload) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(payload);
            while (!in.isAtEnd()) {
                int tag = in.readTag();
                if (WireFormat.getTagFieldNumber(tag) == Sample.CORE_LOAD_FIELD_NUMBER) {
                    in.readRawVarint32();
                    return in.getTotalBytesRead();
                }
                in.skipField(tag);
            }
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until everything offered has its outcome. */
    public void awaitSettled() {
        Awaitility.await("samples and events have their outcome")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> history.inFlight() == 0);
    }

    /** What was told of samples offered without a stream of their own. */
    public RecordedOutcomes outcomes() {
        return outcomes;
    }

    /** The intake itself. */
    public HistoryIntake intake() {
        return history;
    }

    HistoryAssembly history() {
        return history;
    }

    /** Counters and gauges. */
    public Telemetry telemetry() {
        return telemetry;
    }

    /** State of the dependency {@code database}. */
    public Readiness readiness() {
        return readiness;
    }

    /** Stops as the service would: writes what is held. */
    @Override
    public void close() {
        for (LifeCycle each : lifecycle.getManagedObjects().reversed()) {
            try {
                each.stop();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
