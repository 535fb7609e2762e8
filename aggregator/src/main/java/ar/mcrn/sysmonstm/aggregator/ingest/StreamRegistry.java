package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.contract.MachineId;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Which stream speaks for which machine. The newest run wins; of one run the newest stream, since an agent comes back before
 * the aggregator has noticed that its old connection is dead. Any thread.
 */
final class StreamRegistry {
    private final ConcurrentHashMap<MachineId, AgentStream> streams = new ConcurrentHashMap<>();

    /** What a stream's claim to its machine led to. */
    sealed interface Claim permits Granted, Refused {}

    /**
     * The machine is the stream's.
     *
     * @param displaced the stream that had it and is to be closed; null where none had
     */
    record Granted(AgentStream displaced) implements Claim {}

    /** A newer run has the machine. */
    record Refused() implements Claim {}

    /** Claims a machine for a stream whose Hello was accepted. */
    Claim claim(MachineId machine, AgentStream stream) {
        AtomicReference<Claim> claim = new AtomicReference<>(new Refused());
        streams.compute(machine, (key, holder) -> {
            if (holder != null && holder.isNewerThan(stream)) {
                return holder;
            }
            claim.set(new Granted(holder));
            return stream;
        });
        return claim.get();
    }

    /** Lets go of a machine, where the stream still has it. */
    void release(MachineId machine, AgentStream stream) {
        streams.remove(machine, stream);
    }

    /** Machines connected now. */
    int size() {
        return streams.size();
    }
}
