package ar.mcrn.sysmonstm.api.live;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Where a client's frames go: a WebSocket of ours, or the relay's. Never blocks. */
public interface FrameSink {

    /**
     * Sends one frame; the feed sends the next when {@code done} was called.
     *
     * @param utf8 the frame, shared and not to be changed
     * @param done called once on any thread, with whether it has left
     */
    void send(ByteBuffer utf8, Consumer<Boolean> done);

    /** Closes with a code of RFC 6455. */
    void close(int code, String reason);

    /** Who it is, for logs. */
    String name();
}
