package ar.mcrn.sysmonstm.relay;

import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketPeer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One viewer and what it has not been told. At most one frame is under way; while it is, changes gather as names, so a slow
 * viewer gets fewer frames with the newest values. Belongs to the hub's thread.
 */
final class Viewer {
    private static final int ALERTS = 200;

    private final WebSocketPeer peer;
    private final RelayHub hub;
    final Changes missed = new Changes();
    final Map<String, String> alerts = new LinkedHashMap<>();
    ViewerGroup group;
    boolean wantsSnapshot;
    boolean wantsStatus;
    /** Size of the snapshot under way; 0 where none is. */
    long snapshotBytes;

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
        return !wantsSnapshot && !wantsStatus && error.isEmpty() && alerts.isEmpty() && missed.isEmpty();
    }

    /** How long the frame under way has not left; 0 where none is. */
    long stuckNanos(long nowNanos) {
        return sending ? nowNanos - sendingSince : 0;
    }

    void miss(Changes changes) {
        if (wantsSnapshot) {
            return;
        }
        if (changes.whole) {
            snapshotInstead();
        } else {
            missed.add(changes);
        }
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
        missed.clear();
        alerts.clear();
    }

    /** Sends a frame; only while idle. */
    void send(String type, byte[] body) {
        sending = true;
        sendingSince = System.nanoTime();
        sequence++;
        byte[] head = ("{\"type\":\"" + type + "\",\"sequence\":" + sequence + ",").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer frame = ByteBuffer.allocate(head.length + body.length);
        frame.put(head).put(body).flip();
        peer.send(frame, sent -> hub.sent(this, sent));
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
