package ar.mcrn.sysmonstm.ops.runtime.websocket;

import java.time.Duration;

/**
 * Bounds of one endpoint.
 *
 * @param maxSockets sockets open at once; the next is refused with 503
 * @param maxSocketsPerAddress sockets of one remote address, loopback excepted; the next is refused with 429; 0 = no limit
 * @param maxTextBytes largest text message taken; a larger one closes with 1009
 * @param maxMessagesPerSecond text messages of one socket within a second; more close with 1008
 * @param pingInterval time between pings
 * @param silenceTimeout a peer that was not heard (message or pong) for so long is cut off
 */
public record WebSocketLimits(
        int maxSockets,
        int maxSocketsPerAddress,
        int maxTextBytes,
        int maxMessagesPerSecond,
        Duration pingInterval,
        Duration silenceTimeout) {

    /** @throws IllegalArgumentException naming the bound that is out of range */
    public WebSocketLimits {
        atLeast("maxSockets", maxSockets, 1);
        atLeast("maxSocketsPerAddress", maxSocketsPerAddress, 0);
        atLeast("maxTextBytes", maxTextBytes, 128);
        atLeast("maxMessagesPerSecond", maxMessagesPerSecond, 1);
        atLeast("pingInterval in milliseconds", pingInterval.toMillis(), 10);
        atLeast("silenceTimeout in milliseconds", silenceTimeout.toMillis(), pingInterval.toMillis() + 1);
    }

    /** 10,000 sockets, 50 per address, 64 KiB a message, 20 messages a second, ping every 20 s, silence of 60 s. */
    public static WebSocketLimits standard() {
        return new WebSocketLimits(10_000, 50, 64 * 1024, 20, Duration.ofSeconds(20), Duration.ofSeconds(60));
    }

    /** The same with other numbers of sockets. */
    public WebSocketLimits withSockets(int sockets, int perAddress) {
        return new WebSocketLimits(
                sockets, perAddress, maxTextBytes, maxMessagesPerSecond, pingInterval, silenceTimeout);
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ": " + value);
        }
    }
}
