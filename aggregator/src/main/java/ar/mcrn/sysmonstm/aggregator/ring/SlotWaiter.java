package ar.mcrn.sysmonstm.aggregator.ring;

/** Somebody whose message found no free slot. */
@FunctionalInterface
public interface SlotWaiter {
    /** Slots are free again. Called once per wait, by the clearing handler: must return at once. */
    void slotsFree();
}
