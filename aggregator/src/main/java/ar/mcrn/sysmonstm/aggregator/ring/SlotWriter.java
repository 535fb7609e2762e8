package ar.mcrn.sysmonstm.aggregator.ring;

/** Fills a free slot; called within {@link IngestRing#tryPublish}, on its caller's thread. */
@FunctionalInterface
public interface SlotWriter {
    /** Fills all of the slot. Must not throw: the slot is claimed and will be published. */
    void write(SampleSlot slot);
}
