package ar.mcrn.sysmonstm.agent;

import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;

/**
 * Makes the channels to one aggregator, by okhttp. A connection has two threads of gRPC's, one that reads and one that
 * connects and writes, since either may wait for the network, though not for longer than the limits of
 * {@link LimitedSockets}. What gRPC says comes on the timer's thread: okhttp says it with a lock of its own held, which
 * it also takes where it is called with ours. Safe for any thread.
 */
final class AggregatorChannels implements AutoCloseable {
    private static final int KEEPALIVE_SECONDS = 20;
    private static final int KEEPALIVE_LIMIT_SECONDS = 10;
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(20);
    /** Keepalive brings something every 20 s where all is well, and itself gives up a stream after 30 s. */
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(40);

    private static final int FLOW_WINDOW_BYTES = 64 * 1024;
    private static final String[] TLS_VERSIONS = {"TLSv1.3", "TLSv1.2"};
    /** What HTTP/2 allows: RFC 9113 section 9.2.2. */
    private static final String[] TLS_CIPHERS = {
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
    };

    private final AggregatorAddress address;
    private final ScheduledExecutorService timer;
    private final SocketFactory sockets;
    private ManagedChannel ahead;
    private boolean closed;

    /** @param timer for gRPC's timers and for what it says; must not throw when it is stopped */
    AggregatorChannels(AggregatorAddress address, ScheduledExecutorService timer) {
        this(address, timer, CONNECT_LIMIT, SILENCE_LIMIT);
    }

    /** With other limits than 20 s to connect and 40 s of silence. */
    AggregatorChannels(
            AggregatorAddress address, ScheduledExecutorService timer, Duration connectLimit, Duration silenceLimit) {
        this.address = address;
        this.timer = timer;
        sockets = new LimitedSockets(connectLimit, silenceLimit);
    }

    /** Has the channel that is given next connect now, while something else has to be done first. */
    synchronized void connectAhead() {
        if (!closed && ahead == null) {
            ahead = make();
            ahead.getState(true);
        }
    }

    /** A channel for one attempt to connect; whoever takes it shuts it down. */
    synchronized ManagedChannel next() {
        ManagedChannel channel = ahead == null ? make() : ahead;
        ahead = null;
        return channel;
    }

    private ManagedChannel make() {
        OkHttpChannelBuilder builder = OkHttpChannelBuilder.forTarget("dns:///" + address)
                .defaultLoadBalancingPolicy("round_robin")
                .disableServiceConfigLookUp()
                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEPALIVE_LIMIT_SECONDS, TimeUnit.SECONDS)
                .flowControlWindow(FLOW_WINDOW_BYTES)
                .socketFactory(sockets)
                .scheduledExecutorService(timer)
                .executor(timer)
                .disableRetry();
        if (address.tls()) {
            builder.useTransportSecurity().tlsConnectionSpec(TLS_VERSIONS, TLS_CIPHERS);
        } else {
            builder.usePlaintext();
        }
        return builder.build();
    }

    /** Shuts down what was made ahead and not taken. */
    @Override
    public synchronized void close() {
        closed = true;
        if (ahead != null) {
            ahead.shutdownNow();
            ahead = null;
        }
    }
}
