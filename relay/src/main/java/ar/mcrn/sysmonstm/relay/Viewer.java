package ar.mcrn.sysmonstm.relay;

import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketPeer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One viewer and which version of its group it has been told. At most one frame is under way; while it is, changes gather in the
 * group, so a slow viewer gets fewer frames with the newest values. Belongs to the hub's thread.
 */
final class Viewer {
    private static final int ALERTS = 200;

    private final WebSocketPeer peer;
    private final RelayHub hub;
    final Map<String, String> alerts = new LinkedHashMap<>();
    ViewerGroup group;
    boolean wantsSnapshot;
    boolean wantsStatus;
    /** Version of its group that it was told, and that it was told of inventories. */
    long told;

    long toldInventories;
    /** The snapshot under way; null where none is. */
    SharedSnapshot snapshot;

    String error = "";
    private boolean sending;
    private long sendingSince;
    private long sequence;
    private boolean closing;

    Viewer(WebSocketPeer peer, RelayHub hub) {
        this.peer = peer;
        this.hub = hub;
    }

    boolean isIdle() {
        return !sending;
    }

    /** Whether nothing waits to be told. */
    boolean isCurrent() {
        return !wantsSnapshot
                && !wantsStatus
                && error.isEmpty()
                && alerts.isEmpty()
                && (group == null || told == group.log.version());
    }

    /** How long the frame under way has not left; 0 where none is. */
    long stuckNanos(long nowNanos) {
        return sending ? nowNanos - sendingSince : 0;
    }

    void miss(String id, String alert) {
        alerts.put(id, alert);
        if (alerts.size() > ALERTS) {
            snapshotInstead();
        }
    }

    /** A snapshot tells all that was missed. */
    void snapshotInstead() {
        wantsSnapshot = true;
        wantsStatus = false;
        alerts.clear();
    }

    /** Sends a frame; only while idle. */
    void send(String type, byte[] body) {
        sending = true;
        sendingSince = System.nanoTime();
        sequence++;
        byte[] head = ("{\"type\":\"" + type + "\",\"sequence\":" + sequence + ",").getBytes(StandardCharsets.US_ASCII);
        peer.send(ByteBuffer.wrap(head), ByteBuffer.wrap(body), sent -> hub.sent(this, sent));
    }

    /** The frame under way has left. */
    void left() {
        sending = false;
    }

    /** Its connection is being closed; it may take some seconds until it has left. */
    boolean isClosing() {
        return closing;
    }

    void close(int code, String reason) {
        closing = true;
        peer.close(code, reason);
    }
}
