package ar.mcrn.sysmonstm.ops.runtime.redis;

import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.JedisURIHelper;

/**
 * One pool of connections to a Redis, and a thread that asks every second whether it is there and tells the readiness
 * dependency. Making it never fails and never waits. Closing it waits for the thread.
 */
public final class RedisLink implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final long PING_NANOS = 1_000_000_000L;
    /** Uses that go on are tried again at least this often: one that is refused is refused again, or is over. */
    private static final long REFUSED_NANOS = 3_000_000_000L;

    private final RedisClient client;
    private final Dependency dependency;
    private final Thread pinger;
    private final Refusal refusal = new Refusal();
    private volatile boolean up;
    private volatile boolean closed;

    /**
     * Makes the pool.
     *
     * @param url checked before, see {@link RedisSettings}
     * @param name of this client, shown by Redis' CLIENT LIST
     * @param dependency told of every change
     */
    public RedisLink(URI url, String name, Dependency dependency) {
        this.dependency = dependency;
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(16);
        pool.setMaxIdle(8);
        pool.setMaxWait(Duration.ofMillis(TIMEOUT_MILLIS));
        pool.setTestOnBorrow(false);
        pool.setJmxEnabled(false);
        this.client = RedisClient.builder()
                .hostAndPort(JedisURIHelper.getHostAndPort(url))
                .clientConfig(clientConfig(url, name))
                .poolConfig(pool)
                .build();
        this.pinger = Thread.ofVirtual().name("redis-ping").start(this::watch);
    }

    private static JedisClientConfig clientConfig(URI url, String name) {
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis(TIMEOUT_MILLIS)
                .socketTimeoutMillis(TIMEOUT_MILLIS)
                .clientName("sysmonstm-" + name)
                .database(JedisURIHelper.getDBIndex(url));
        if (JedisURIHelper.isRedisSSLScheme(url)) {
            config.sslOptions(SslOptions.defaults());
        }
        if (JedisURIHelper.getPassword(url) != null) {
            config.password(JedisURIHelper.getPassword(url));
        }
        if (JedisURIHelper.getUser(url) != null && !JedisURIHelper.getUser(url).isEmpty()) {
            config.user(JedisURIHelper.getUser(url));
        }
        return config.build();
    }

    private void watch() {
        while (!closed) {
            try {
                client.ping();
                if (!refusal.holds(System.nanoTime())) {
                    up = true;
                    dependency.up();
                }
            } catch (JedisException e) {
                lost(e);
            }
            LockSupport.parkNanos(PING_NANOS);
        }
    }

    private void lost(JedisException e) {
        up = false;
        dependency.down(reason(e));
    }

    private static String reason(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /**
     * Does something with Redis.
     *
     * @throws BusException when Redis cannot be reached or refuses
     */
    <T> T call(String what, Command<T> command) throws BusException {
        try {
            T result = command.run(client);
            refusal.over(what);
            up |= !refusal.holds(System.nanoTime());
            return result;
        } catch (JedisException e) {
            if (e instanceof JedisDataException) {
                refusal.of(what, System.nanoTime());
            }
            lost(e);
            throw new BusException("redis " + what + " failed: " + reason(e), e);
        }
    }

    RedisClient client() {
        return client;
    }

    boolean isUp() {
        return up;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(pinger);
        try {
            pinger.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.close();
    }

    /**
     * A Redis that answers and refuses a use of it, such as writing at maxmemory or to a replica: pings and other uses that it
     * does not refuse say nothing about that. Any thread.
     */
    private static final class Refusal {
        private String what = "";
        private long nanos;

        synchronized void of(String use, long now) {
            what = use;
            nanos = now;
        }

        synchronized void over(String use) {
            if (use.equals(what)) {
                what = "";
            }
        }

        synchronized boolean holds(long now) {
            return !what.isEmpty() && now - nanos < REFUSED_NANOS;
        }
    }

    /** One use of Redis. */
    interface Command<T> {
        T run(RedisClient client);
    }
}
