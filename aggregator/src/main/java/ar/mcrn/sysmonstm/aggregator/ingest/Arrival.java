package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.contract.MachineId;

/** Hears of each machine that says Hello, before its first sample. */
@FunctionalInterface
public interface Arrival {
    /**
     * A machine said Hello. Must return at once; called on an event loop.
     *
     * @param done to be run, on any thread, when the machine's samples may come; after 500 ms they come anyway
     */
    void arrived(MachineId machine, Runnable done);
}
