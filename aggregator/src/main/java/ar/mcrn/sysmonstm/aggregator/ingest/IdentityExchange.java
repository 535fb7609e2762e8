package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.aggregator.IngestMetrics;
import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.contract.Channel;
import ar.mcrn.sysmonstm.contract.EventBus;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.contract.Subscription;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Counter;
import ar.mcrn.sysmonstm.v1.DuplicateIdentity;
import ar.mcrn.sysmonstm.v1.IdentityClaim;
import ar.mcrn.sysmonstm.v1.IdentityMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import io.dropwizard.lifecycle.Managed;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who speaks for a machine, over all aggregators: the registry of this one, and one bus message for each Hello.
 *
 * <pre>
 * Hello ──▶ StreamRegistry ──granted──▶ claim on the bus ──▶ another aggregator with an older run: closes that stream
 *                │                                     └──▶ with a newer one: claims it back, and the stream here is refused
 *                └─────────refused──▶ DuplicateIdentities, told on the bus every 10 s
 * </pre>
 *
 * The bus is never waited for: a Hello is granted by what is known here. With the bus away each aggregator judges for itself,
 * {@code /ready} says so, and all streams are claimed again when it is back. Claims wait in a queue of {@value #WAITING}; beyond that
 * they are dropped, counted, and made up for by claiming everything again.
 *
 * <p>Owns the thread {@code identity-sender} and one subscription; stopping waits for both.
 */
public final class IdentityExchange implements Managed {
    private static final Logger LOG = LoggerFactory.getLogger(IdentityExchange.class);
    private static final int WAITING = 8_192;
    private static final int CLAIMS_PER_MESSAGE = 256;
    private static final long POLL_MILLIS = 500;
    private static final long REPEAT_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long BUS_AWAY_NANOS = Duration.ofSeconds(1).toNanos();

    private final EventBus bus;
    private final String aggregator;
    private final InstantSource clock;
    private final Dependency readiness;
    private final Counter dropped;
    private final StreamRegistry registry = new StreamRegistry();
    private final DuplicateIdentities duplicates = new DuplicateIdentities();
    private final BlockingQueue<IdentityClaim> waiting = new ArrayBlockingQueue<>(WAITING);
    private final Thread sender =
            Thread.ofPlatform().name("identity-sender").daemon().unstarted(this::send);
    private volatile boolean claimAll = true;
    private volatile boolean stopping;
    private Subscription subscription;

    /**
     * Says and hears nothing yet.
     *
     * @param name of the aggregator
     * @param readiness is degraded while other aggregators cannot be heard
     */
    public IdentityExchange(
            EventBus bus, String name, InstantSource clock, IngestMetrics metrics, Dependency readiness) {
        this.bus = bus;
        this.aggregator = name + '#' + UUID.randomUUID();
        this.clock = clock;
        this.readiness = readiness;
        dropped = metrics.counter(
                "sysmonstm_identity_dropped_claims",
                "Claims not told to other aggregators at once, but with all others.");
        metrics.gauge(
                "sysmonstm_identity_duplicates",
                "Machines that two agents claimed within the last 2 min.",
                () -> duplicates.known(clock.millis()).size());
    }

    @Override
    public void start() {
        subscription = bus.subscribe(Channel.IDENTITY, new EventBus.Listener() {
            @Override
            public void message(byte[] message) {
                heard(message);
            }

            @Override
            public void connected() {
                // What was claimed meanwhile was not heard, here or there.
                claimAll = true;
            }
        });
        sender.start();
    }

    @Override
    public void stop() throws InterruptedException {
        stopping = true;
        sender.interrupt();
        sender.join();
        subscription.close();
    }

    /** A stream whose Hello was accepted claims its machine. Never waits. */
    StreamRegistry.Claim claim(MachineId machine, AgentStream stream) {
        StreamRegistry.Claim claim = registry.claim(machine, stream);
        switch (claim) {
            case StreamRegistry.Granted granted -> tell(stream.claim());
            case StreamRegistry.Refused refused -> duplicate(refused.holder(), stream.claim());
        }
        return claim;
    }

    /** A stream has ended. */
    void release(MachineId machine, AgentStream stream) {
        registry.release(machine, stream);
    }

    /** Machines connected now. */
    int machines() {
        return registry.size();
    }

    /** Machines claimed twice lately, as they are told. */
    List<DuplicateIdentity> duplicates() {
        return duplicates.known(clock.millis());
    }

    private void tell(IdentityClaim claim) {
        if (!waiting.offer(claim)) {
            dropped.increment();
            claimAll = true;
        }
    }

    private void duplicate(IdentityClaim holder, IdentityClaim refused) {
        if (duplicates.add(holder, refused, clock.millis())) {
            LOG.warn(
                    "duplicate identity, the newer run is heard: machine={}, heard={}, refused={}",
                    holder.getMachine(),
                    holder.getPeer(),
                    refused.getPeer());
        }
    }

    private void heard(byte[] bytes) {
        IdentityMessage message;
        try {
            message = IdentityMessage.parseFrom(bytes);
        } catch (InvalidProtocolBufferException ignored) {
            // Of a later version: what it says in another form cannot be judged here.
            return;
        }
        if (message.getAggregator().equals(aggregator)) {
            return;
        }
        for (IdentityClaim claim : message.getClaimsList()) {
            if (MachineId.isValid(claim.getMachine())) {
                judge(new MachineId(claim.getMachine()), claim);
            }
        }
    }

    private void judge(MachineId machine, IdentityClaim elsewhere) {
        Optional<StreamRegistry.Claim> judged = registry.claimedElsewhere(machine, elsewhere);
        if (judged.isEmpty()) {
            return;
        }
        switch (judged.get()) {
            case StreamRegistry.Refused refused -> tell(refused.holder());
            case StreamRegistry.Granted granted -> {
                AgentStream loser = granted.displaced();
                boolean sameRun = loser.claim().getRun() == elsewhere.getRun();
                // One that came after the other is a displaced run that says Hello again: two agents, surely.
                if (!sameRun && loser.isYoung(System.nanoTime())) {
                    duplicate(elsewhere, loser.claim());
                    loser.refuseIdentity();
                } else {
                    loser.displace();
                }
            }
        }
    }

    private void send() {
        long repeatedNanos = System.nanoTime() - REPEAT_NANOS;
        while (!stopping) {
            try {
                List<IdentityClaim> claims = next();
                boolean repeat = System.nanoTime() - repeatedNanos >= REPEAT_NANOS || duplicates.isChanged();
                if (claimAll) {
                    claimAll = false;
                    waiting.clear();
                    publishAll(registry.claims());
                } else if (!claims.isEmpty()) {
                    publish(claims, List.of());
                }
                if (repeat) {
                    repeatedNanos = System.nanoTime();
                    // Also where there is none: whether the bus is there is found out so.
                    publish(List.of(), duplicates.take(clock.millis()));
                }
                readiness.up();
            } catch (BusException e) {
                claimAll = true;
                // Where there is nothing to claim: asks the bus before it is called up.
                repeatedNanos = System.nanoTime() - REPEAT_NANOS;
                readiness.degraded("duplicate identities are found within this aggregator only: " + e.getMessage());
                sleep();
            } catch (InterruptedException ignored) {
                // Only stop() interrupts.
                return;
            }
        }
    }

    private List<IdentityClaim> next() throws InterruptedException {
        List<IdentityClaim> claims = new ArrayList<>();
        IdentityClaim first = waiting.poll(claimAll ? 0 : POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
            claims.add(first);
            waiting.drainTo(claims, CLAIMS_PER_MESSAGE - 1);
        }
        return claims;
    }

    private void sleep() {
        try {
            TimeUnit.NANOSECONDS.sleep(BUS_AWAY_NANOS);
        } catch (InterruptedException ignored) {
            // Only stop() interrupts.
            Thread.currentThread().interrupt();
        }
    }

    private void publishAll(List<IdentityClaim> claims) throws BusException {
        for (int from = 0; from < claims.size(); from += CLAIMS_PER_MESSAGE) {
            publish(claims.subList(from, Math.min(from + CLAIMS_PER_MESSAGE, claims.size())), List.of());
        }
    }

    private void publish(Collection<IdentityClaim> claims, Collection<DuplicateIdentity> found) throws BusException {
        bus.publish(
                Channel.IDENTITY,
                IdentityMessage.newBuilder()
                        .setAggregator(aggregator)
                        .addAllClaims(claims)
                        .addAllDuplicates(found)
                        .build()
                        .toByteArray());
    }
}
