package ar.mcrn.sysmonstm.contract;

/** A running subscription; closing it waits until no further call to the subscriber can begin. */
public interface Subscription extends AutoCloseable {
    @Override
    void close();
}
