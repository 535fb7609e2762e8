package ar.mcrn.sysmonstm.ops.runtime.websocket;

/** Hears one socket. Calls come one at a time and must not block: the next message is read when the call returns. */
public interface WebSocketListener {

    /** One whole text message, within the size limit. An exception closes the socket with 1011. */
    void text(String message);

    /**
     * The socket is gone; called once, also where the network failed.
     *
     * @param code close code of RFC 6455, 1006 where there was none
     */
    void closed(int code, String reason);
}
