package ar.mcrn.sysmonstm.ops.runtime.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import ar.mcrn.sysmonstm.contract.Channel;
import ar.mcrn.sysmonstm.contract.EventBus.Listener;
import ar.mcrn.sysmonstm.contract.Subscription;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.BinaryJedisPubSub;
import redis.clients.jedis.exceptions.JedisException;

/** One pub/sub subscription on a thread of its own; tries every 500 ms while Redis is away. Closing waits for the thread. */
final class RedisListening implements Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(RedisListening.class);
    private static final long RETRY_NANOS = 500_000_000L;

    private final RedisLink link;
    private final Channel channel;
    private final Listener listener;
    private final Thread thread;
    private final Object pubSubLock = new Object();
    private BinaryJedisPubSub pubSub;
    private volatile boolean closed;

    RedisListening(RedisLink link, Channel channel, Listener listener) {
        this.link = link;
        this.channel = channel;
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("bus-" + channel.key()).start(this::run);
    }

    private void run() {
        while (!closed && !link.isClosed()) {
            BinaryJedisPubSub hearing = hearing();
            synchronized (pubSubLock) {
                pubSub = hearing;
            }
            try {
                link.client().subscribe(hearing, channel.key().getBytes(UTF_8));
            } catch (JedisException e) {
                LOG.debug("subscription lost: channel={}", channel.key(), e);
            }
            if (!closed) {
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    private BinaryJedisPubSub hearing() {
        return new BinaryJedisPubSub() {
            @Override
            public void onSubscribe(byte[] name, int subscribed) {
                if (closed) {
                    unsubscribe();
                    return;
                }
                hear(listener::connected);
            }

            @Override
            public void onMessage(byte[] name, byte[] message) {
                if (!closed) {
                    hear(() -> listener.message(message));
                }
            }
        };
    }

    private static void hear(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error("BUG: bus listener failed", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        synchronized (pubSubLock) {
            try {
                if (pubSub != null && pubSub.isSubscribed()) {
                    pubSub.unsubscribe();
                }
            } catch (JedisException e) {
                LOG.debug("subscription was lost before it ended: channel={}", channel.key(), e);
            }
        }
        LockSupport.unpark(thread);
        if (!Thread.currentThread().equals(thread)) {
            RedisConsuming.join(thread);
        }
    }
}
