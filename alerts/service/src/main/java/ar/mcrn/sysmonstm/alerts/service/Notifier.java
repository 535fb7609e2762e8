package ar.mcrn.sysmonstm.alerts.service;

/** Sender to one channel. Called by one thread, the channel's own, one notification at a time. */
interface Notifier extends AutoCloseable {
    /** Name of the channel: in rows, metrics and logs. */
    String channel();

    /**
     * One attempt; ends within a few seconds.
     *
     * @throws InterruptedException when the channel is being closed
     */
    Delivery deliver(Notification notification) throws InterruptedException;

    @Override
    default void close() {}
}
