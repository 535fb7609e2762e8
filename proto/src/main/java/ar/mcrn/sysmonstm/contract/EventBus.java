package ar.mcrn.sysmonstm.contract;

import java.util.function.Consumer;

/**
 * How services tell each other what happened. Two implementations: Redis, and in-process for the single process. All methods
 * may be called from any thread.
 */
public interface EventBus extends AutoCloseable {

    /**
     * Sends to all who listen now.
     *
     * @throws BusException when the bus cannot be reached; the message is lost to all listeners
     */
    void publish(Channel channel, byte[] message) throws BusException;

    /**
     * Listens until closed; connects again by itself. Messages come one at a time on a thread of the bus; a slow listener
     * loses messages of a live channel, never order.
     */
    Subscription subscribe(Channel channel, Listener listener);

    /**
     * Appends to a stream.
     *
     * @throws BusException when the bus cannot be reached; nothing was appended, or it is unknown whether it was
     */
    void append(EventStream stream, byte[] message) throws BusException;

    /**
     * Consumes a stream as a member of a group until closed: each message at least once, in order, acknowledged when
     * {@code consumer} returns. One that throws gets the message again. Begins with what the group has not acknowledged.
     */
    Subscription consume(EventStream stream, String group, String member, Consumer<byte[]> consumer);

    /** Whether the bus can be reached now. */
    boolean isUp();

    /** Ends all subscriptions and waits for their threads. */
    @Override
    void close();

    /** Hears one channel. Both methods are called on the bus's thread of this subscription. */
    interface Listener {
        /** One message; the array is the listener's to keep and must not be changed. */
        void message(byte[] message);

        /** The subscription stands, for the first time or again: what happened meanwhile was not heard. */
        default void connected() {}
    }
}
