package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.IdentityClaim;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Which stream speaks for which machine, within this aggregator. Of two runs the newer one wins; of one run the newer stream,
 * since an agent comes back before the aggregator has noticed that its old connection is dead. A stream that has been silent
 * for several intervals loses against any other: it is half-open, most likely, and the machine may have started again with its
 * clock set back. Any thread.
 */
final class StreamRegistry {
    private final ConcurrentHashMap<MachineId, AgentStream> streams = new ConcurrentHashMap<>();

    /** What a claim to a machine led to. */
    sealed interface Claim permits Granted, Refused {}

    /**
     * The machine is the claimant's.
     *
     * @param displaced the stream that had it and is to be closed; null where none had
     */
    record Granted(AgentStream displaced) implements Claim {}

    /**
     * A newer run has the machine.
     *
     * @param holder what has it
     */
    record Refused(IdentityClaim holder) implements Claim {}

    /** Claims a machine for a stream whose Hello was accepted. */
    Claim claim(MachineId machine, AgentStream stream) {
        AtomicReference<Claim> claim = new AtomicReference<>();
        streams.compute(machine, (key, holder) -> {
            if (holder != null
                    && holder.claim().getRun() != stream.claim().getRun()
                    && !yields(holder, stream.claim())) {
                claim.set(new Refused(holder.claim()));
                return holder;
            }
            claim.set(new Granted(holder));
            return stream;
        });
        return claim.get();
    }

    /** A stream of another aggregator claims a machine; empty where none here has it, or it is the very same. */
    Optional<Claim> claimedElsewhere(MachineId machine, IdentityClaim claimant) {
        AtomicReference<Claim> claim = new AtomicReference<>();
        streams.computeIfPresent(machine, (key, holder) -> {
            IdentityClaim held = holder.claim();
            if (held.getRun() == claimant.getRun() && held.getHelloMicros() == claimant.getHelloMicros()) {
                return holder;
            }
            if (yields(holder, claimant)) {
                claim.set(new Granted(holder));
                return null;
            }
            claim.set(new Refused(held));
            return holder;
        });
        return Optional.ofNullable(claim.get());
    }

    private static boolean yields(AgentStream holder, IdentityClaim claimant) {
        return !isNewer(holder.claim(), claimant) || holder.isSilent(System.nanoTime());
    }

    /** Whether the one is certainly newer than the other. */
    static boolean isNewer(IdentityClaim one, IdentityClaim other) {
        if (one.getRun() == other.getRun()) {
            return one.getHelloMicros() > other.getHelloMicros();
        }
        return one.getRunStartMillis() != other.getRunStartMillis()
                ? one.getRunStartMillis() > other.getRunStartMillis()
                : one.getRun() > other.getRun();
    }

    /** Lets go of a machine, where the stream still has it. */
    void release(MachineId machine, AgentStream stream) {
        streams.remove(machine, stream);
    }

    /** What all streams claim now. */
    List<IdentityClaim> claims() {
        return streams.values().stream().map(AgentStream::claim).toList();
    }

    /** Machines connected now. */
    int size() {
        return streams.size();
    }
}
