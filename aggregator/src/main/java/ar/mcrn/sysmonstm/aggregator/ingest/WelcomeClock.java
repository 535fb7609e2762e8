package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.Clock;
import ar.mcrn.sysmonstm.v1.Welcome;
import java.time.Duration;

/**
 * Both clocks of one stream, and when the agent has to be told of them and of the settings: by the first Welcome, by any
 * outcome that carries the clock, and by a further Welcome where no such message was sent for 55 s, a second after samples were
 * refused for their stamps, or where the accept horizon has moved by a minute. On the stream's event loop.
 */
final class WelcomeClock {
    private static final long SILENCE_NANOS = Duration.ofSeconds(55).toNanos();
    private static final long WRONG_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long MATERIAL_MILLIS = Duration.ofMinutes(1).toMillis();

    private long agentSentMicros;
    private long receivedMicros;
    private long toldNanos;
    private long horizonToldMillis;
    private boolean wrong;

    /** A message came. */
    void received(long micros) {
        receivedMicros = micros;
    }

    /** The message that came said when it was sent. */
    void agentSent(long micros) {
        agentSentMicros = micros;
    }

    /** When the newest message came, Unix milliseconds. */
    long receivedMillis() {
        return Math.floorDiv(receivedMicros, 1_000);
    }

    /** As told to the agent now. */
    Clock clock(long nowMicros) {
        return Clock.newBuilder()
                .setAgentSentMicros(agentSentMicros)
                .setAggregatorReceivedMicros(receivedMicros)
                .setAggregatorSentMicros(nowMicros)
                .build();
    }

    /** A message that carries the clock was sent. */
    void told(long nanos) {
        toldNanos = nanos;
        wrong = false;
    }

    /** Samples were refused for their stamps: the agent's clock is wrong. */
    void wrong() {
        wrong = true;
    }

    /** Whether a further Welcome is due. */
    boolean isDue(long nanos, Duration horizon) {
        return nanos - toldNanos > (wrong ? WRONG_NANOS : SILENCE_NANOS)
                || Math.abs(horizon.toMillis() - horizonToldMillis) >= MATERIAL_MILLIS;
    }

    /** The Welcome to be sent now. */
    AggregatorMessage welcome(long nanos, long nowMicros, Duration horizon) {
        told(nanos);
        horizonToldMillis = horizon.toMillis();
        return AggregatorMessage.newBuilder()
                .setWelcome(Welcome.newBuilder()
                        .setClock(clock(nowMicros))
                        .setAcceptHorizonMillis(horizonToldMillis)
                        .setAcceptAheadMillis(Limits.AHEAD_MILLIS)
                        .setMaxMessageBytes(Limits.MESSAGE_BYTES)
                        .setVersion(IngestService.version()))
                .build();
    }
}
