package ar.mcrn.sysmonstm.ops.runtime.websocket;

import java.nio.ByteBuffer;

/** The other end of one open socket. All methods may be called from any thread and none blocks. */
public interface WebSocketPeer {

    /** The request that opened the socket. */
    WebSocketRequest request();

    /**
     * Sends one text message. Callers keep at most one under way: the next is sent after {@code done} was called, which
     * is how a slow peer is seen and its messages are conflated.
     *
     * @param utf8 valid UTF-8, from position to limit; shared and not changed, so that one encoding serves many peers
     * @param done called once, on any thread: when the message has left for the network, or failed
     */
    void send(ByteBuffer utf8, Completion done);

    /**
     * Sends one text message in two parts, so that what many peers are told in the same words is kept once for all of them,
     * however long each takes. On the network they are two fragments of one message (RFC 6455, section 5.4).
     *
     * @param head of this peer alone; each part is valid UTF-8, from position to limit
     * @param body shared and not changed
     * @param done as in {@link #send(ByteBuffer, Completion)}, for the whole message
     */
    void send(ByteBuffer head, ByteBuffer body, Completion done);

    /**
     * Closes with a code of RFC 6455, section 7.4. A peer that does not take the close frame within 5 s is cut off.
     *
     * @param reason for people, at most 123 bytes; cut where longer
     */
    void close(int code, String reason);

    /** Whether messages can still be sent. */
    boolean isOpen();

    /** Hears how a send ended. */
    interface Completion {
        /**
         * The send is over; must not block.
         *
         * @param sent false where the socket failed or was closed before the message had left
         */
        void done(boolean sent);
    }
}
