package ar.mcrn.sysmonstm.aggregator.hot;

import ar.mcrn.sysmonstm.aggregator.IngestMetrics;
import ar.mcrn.sysmonstm.aggregator.ring.FailureLog;
import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.contract.HotKeys;
import ar.mcrn.sysmonstm.contract.HotState;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Counter;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.StageHistogram;
import io.dropwizard.lifecycle.Managed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to hot state what the {@link HotHandler} hands over: one round trip for all of it, on a thread of its own.
 *
 * <p>When hot state cannot be reached, readiness says so, samples go on being conflated, and every {@link #RETRY} everything
 * that hot state may lack, inventories too, is tried again: hot state that comes back empty is whole within 5 s. Inventories are written with
 * the first sample that needs them, and again after each failure.
 *
 * <p>Stopping writes what is still there, waiting up to 2 s for it.
 */
public final class HotSender implements Managed {
    private static final Logger LOG = LoggerFactory.getLogger(HotSender.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration BROKEN_LOOK = Duration.ofMillis(100);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);
    /** What was on its way when hot state was found to be away is not older. */
    private static final Duration UNDER_WAY = Duration.ofSeconds(5);
    /** Machines written in one round trip at most, when everything is written again. */
    private static final int HEAL_MACHINES = 1_000;

    private final HotState hot;
    private final Dependency readiness;
    private final HotExchange exchange = new HotExchange();
    private final HotHandler handler;
    private final Map<MachineId, HotMachine> known = new LinkedHashMap<>();
    private final FailureLog failureLog = new FailureLog(LOG);
    private final Counter writes;
    private final Counter entries;
    private final Counter lost;
    private final Counter failures;
    private final StageHistogram receivedToSent;
    private final StageHistogram handledToEncoded;
    private final Thread thread;
    private volatile boolean stopping;
    private boolean broken;
    /** What was received since may not have been written, Unix milliseconds. */
    private long brokenMillis;

    private long nextHealNanos;
    private long nextForgetNanos;

    /** @param readiness says whether hot state can be reached */
    public HotSender(HotState hot, IngestMetrics metrics, Dependency readiness) {
        this.hot = hot;
        this.readiness = readiness;
        this.handler = new HotHandler(exchange, metrics);
        writes = metrics.counter("sysmonstm_hot_writes", "Round trips to hot state.");
        entries = metrics.counter("sysmonstm_hot_written_samples", "Samples written to hot state.");
        lost = metrics.counter(
                "sysmonstm_hot_lost_samples", "Samples that hot state did not take; a later write makes up for them.");
        failures = metrics.counter("sysmonstm_hot_failures", "Round trips to hot state that failed.");
        receivedToSent = metrics.stage("received_to_sent");
        handledToEncoded = metrics.stage("handled_to_encoded");
        thread = new Thread(this::run, "hot-sender");
        thread.setDaemon(true);
    }

    /** The ring's hot handler, which feeds this sender. */
    public HotHandler handler() {
        return handler;
    }

    @Override
    public void start() {
        if (hot.isUp()) {
            readiness.up();
        } else {
            down("cannot be reached");
        }
        thread.start();
    }

    @Override
    public void stop() throws InterruptedException {
        stopping = true;
        LockSupport.unpark(thread);
        thread.join(STOP_LIMIT);
    }

    private void run() {
        while (!stopping || !exchange.isIdle()) {
            HotBatch batch = exchange.take((broken ? BROKEN_LOOK : LOOK).toNanos());
            try {
                if (batch != null) {
                    take(batch);
                }
                if (broken && System.nanoTime() - nextHealNanos >= 0) {
                    heal();
                }
            } catch (RuntimeException e) {
                failures.increment();
                down("BUG: " + e);
                failureLog.warn("BUG: hot sender failed", e);
            }
        }
    }

    private void take(HotBatch batch) {
        int side = batch.side();
        List<HotMachine> machines = batch.machines();
        for (HotMachine machine : machines) {
            machine.take(side);
            known.put(machine.knownInventory().machine(), machine);
        }
        try {
            if (broken) {
                lost.add(machines.size());
            } else {
                long encodedNanos = System.nanoTime();
                write(machines);
                entries.add(machines.size());
                long now = System.nanoTime();
                for (HotMachine machine : machines) {
                    receivedToSent.recordNanos(now - machine.receivedNanos(side));
                    handledToEncoded.recordNanos(encodedNanos - machine.handledNanos(side));
                }
            }
        } catch (BusException e) {
            lost.add(machines.size());
            failed(e);
        } finally {
            machines.clear();
            exchange.giveBack(batch);
        }
        forgetSilent();
    }

    private void write(List<HotMachine> machines) throws BusException {
        long nowMillis = System.currentTimeMillis();
        List<HotState.Entry> written = new ArrayList<>(machines.size());
        int length = LiveEncoding.TICK_OVERHEAD;
        for (HotMachine machine : machines) {
            length += LiveEncoding.memberLength(machine.knownSample().length);
            if (machine.needsInventory()) {
                length += LiveEncoding.memberLength(
                        LiveEncoding.inventoryLength(machine.name(), machine.knownInventory()));
            }
        }
        byte[] tick = new byte[length];
        int at = 0;
        for (HotMachine machine : machines) {
            Optional<byte[]> inventory = Optional.empty();
            if (machine.needsInventory()) {
                at = LiveEncoding.tickInventory(tick, at, machine.name(), machine.knownInventory());
                inventory = Optional.of(machine.knownInventory().encoded());
            }
            written.add(new HotState.Entry(
                    machine.knownInventory().machine(),
                    machine.knownSample(),
                    inventory,
                    machine.knownReceivedMillis()));
        }
        for (HotMachine machine : machines) {
            at = LiveEncoding.tickSample(tick, at, machine.knownSample());
        }
        at = LiveEncoding.tickEncoded(tick, at, nowMillis);
        writes.increment();
        hot.write(written, at == length ? tick : Arrays.copyOf(tick, at));
        for (HotMachine machine : machines) {
            machine.written();
        }
    }

    private void failed(BusException e) {
        failures.increment();
        down(e.getMessage());
        if (stopping) {
            LOG.warn("last samples not written to hot state: error={}", e.getMessage());
        }
    }

    private void down(String reason) {
        if (!broken) {
            brokenMillis = System.currentTimeMillis() - UNDER_WAY.toMillis();
        }
        broken = true;
        nextHealNanos = System.nanoTime() + RETRY.toNanos();
        readiness.down(reason);
    }

    private void heal() {
        known.values().forEach(HotMachine::forgotten);
        List<HotMachine> all;
        try {
            if (!hot.isUp()) {
                nextHealNanos = System.nanoTime() + RETRY.toNanos();
                return;
            }
            all = missing(hot.lastSeen());
            for (int from = 0; from < all.size(); from += HEAL_MACHINES) {
                write(all.subList(from, Math.min(all.size(), from + HEAL_MACHINES)));
            }
        } catch (BusException e) {
            failed(e);
            return;
        }
        broken = false;
        readiness.up();
    }

    /**
     * What hot state does not have: samples that came while it was away, and all where it came back without any of ours. Not
     * what another aggregator knows better, nor a machine that was removed.
     */
    private List<HotMachine> missing(Map<MachineId, Long> lastSeen) {
        boolean emptied = known.keySet().stream().noneMatch(lastSeen::containsKey);
        return known.entrySet().stream()
                .filter(entry -> {
                    long received = entry.getValue().knownReceivedMillis();
                    return (emptied || received >= brokenMillis)
                            && lastSeen.getOrDefault(entry.getKey(), Long.MIN_VALUE) <= received;
                })
                .map(Map.Entry::getValue)
                .toList();
    }

    /** Forgets machines whose sample hot state does not keep either. */
    private void forgetSilent() {
        long now = System.nanoTime();
        if (now - nextForgetNanos < 0) {
            return;
        }
        nextForgetNanos = now + Duration.ofMinutes(10).toNanos();
        long beforeMillis = System.currentTimeMillis() - HotKeys.SAMPLE_TTL.toMillis();
        for (Iterator<HotMachine> i = known.values().iterator(); i.hasNext(); ) {
            if (i.next().knownReceivedMillis() < beforeMillis) {
                i.remove();
            }
        }
    }
}
