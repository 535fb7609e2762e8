package ar.mcrn.sysmonstm.aggregator.alerting;

import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.contract.HotState;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.AlertAnnouncement;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads alert states that other aggregators left in hot state, one virtual thread per Hello. Closing does not wait. */
final class AlertStates implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AlertStates.class);

    private final HotState hot;
    private final AlertHandler handler;
    private final AlertingMetrics metrics;
    private final ExecutorService readers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("alert-state-", 0).factory());

    AlertStates(HotState hot, AlertHandler handler, AlertingMetrics metrics) {
        this.hot = hot;
        this.handler = handler;
        this.metrics = metrics;
    }

    void read(MachineId machine, Runnable done) {
        readers.execute(() -> {
            try {
                Optional<byte[]> state = hot.readAlertState(machine);
                if (state.isPresent()) {
                    handler.restore(machine, AlertAnnouncement.parseFrom(state.get()));
                }
            } catch (BusException | InvalidProtocolBufferException e) {
                metrics.stateFailures.increment();
                LOG.debug("alert state not read: machine={}", machine, e);
            } finally {
                done.run();
            }
        });
    }

    @Override
    public void close() {
        readers.shutdownNow();
    }
}
