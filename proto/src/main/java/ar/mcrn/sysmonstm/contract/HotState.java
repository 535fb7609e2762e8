package ar.mcrn.sysmonstm.contract;

import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.LiveSample;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Newest sample and inventory of every machine, and last-seen stamps. Two implementations: Redis, and in-process for the
 * single process; one contract suite runs on both. All methods may be called from any thread.
 */
public interface HotState extends AutoCloseable {

    /**
     * Stores the newest samples and new inventories of one tick and publishes them on {@link Channel#LIVE} as one
     * {@code LiveTick}, in one round trip. Samples expire after {@link HotKeys#SAMPLE_TTL}; last-seen stamps and
     * inventories do not.
     *
     * @param entries at most one per machine
     * @param tick the same as an encoded {@code LiveTick}, as it is published
     * @throws BusException when hot state cannot be reached; the tick is lost to it, the next one heals
     */
    void write(List<Entry> entries, byte[] tick) throws BusException;

    /**
     * Makes machines known by their last-seen stamps, Unix milliseconds, without sample or inventory. Of those that are known
     * nothing changes.
     */
    void restore(SortedMap<MachineId, Long> seen) throws BusException;

    /** What is known of one machine; empty where nothing is. */
    Optional<HotMachine> read(MachineId machine) throws BusException;

    /** What is known of all machines, by id. A machine whose sample expired has none but keeps its last-seen stamp. */
    SortedMap<MachineId, HotMachine> readAll() throws BusException;

    /** When each machine's newest sample was received, Unix milliseconds by the aggregator's clock. */
    SortedMap<MachineId, Long> lastSeen() throws BusException;

    /**
     * Keeps a small state of one machine for whichever aggregator takes it next (pending and firing episodes), as encoded
     * by its owner; expires after 24 h.
     */
    void writeAlertState(MachineId machine, byte[] state) throws BusException;

    /** State kept by {@link #writeAlertState}; empty where there is none. */
    Optional<byte[]> readAlertState(MachineId machine) throws BusException;

    /** Forgets one machine. */
    void remove(MachineId machine) throws BusException;

    /** Whether hot state can be reached now. */
    boolean isUp();

    @Override
    void close();

    /**
     * Newest of one machine within a tick.
     *
     * @param machine its id
     * @param sample encoded {@code LiveSample}
     * @param inventory encoded {@code Inventory}, where it is new; empty otherwise
     * @param receivedMillis when the sample was received, Unix milliseconds
     */
    record Entry(MachineId machine, byte[] sample, Optional<byte[]> inventory, long receivedMillis) {}

    /**
     * What is known of one machine.
     *
     * @param machine its id
     * @param lastSeenMillis when its newest sample was received, Unix milliseconds
     * @param sample its newest sample; empty where it has expired
     * @param inventory its newest inventory; empty where none came yet
     */
    record HotMachine(
            MachineId machine, long lastSeenMillis, Optional<LiveSample> sample, Optional<Inventory> inventory) {}
}
