package ar.mcrn.sysmonstm.ops.runtime.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import ar.mcrn.sysmonstm.contract.EventStream;
import ar.mcrn.sysmonstm.contract.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.XReadGroupParams;
import redis.clients.jedis.resps.StreamEntryBinary;

/**
 * One member of one consumer group on a thread of its own. Begins with what this member was given and did not acknowledge,
 * then takes new entries; a message is acknowledged after the consumer has returned. Closing waits for the thread, at most
 * one blocking read of {@value #BLOCK_MILLIS} ms.
 */
final class RedisConsuming implements Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(RedisConsuming.class);
    private static final int BLOCK_MILLIS = 500;
    private static final int COUNT = 64;
    private static final long RETRY_NANOS = 500_000_000L;
    private static final StreamEntryID OWN_FROM_START = new StreamEntryID(0, 0);

    private final RedisLink link;
    private final EventStream stream;
    private final byte[] key;
    private final byte[] group;
    private final byte[] member;
    private final Consumer<byte[]> consumer;
    private final Thread thread;
    private volatile boolean closed;

    RedisConsuming(RedisLink link, EventStream stream, String group, String member, Consumer<byte[]> consumer) {
        this.link = link;
        this.stream = stream;
        this.key = stream.key().getBytes(UTF_8);
        this.group = group.getBytes(UTF_8);
        this.member = member.getBytes(UTF_8);
        this.consumer = consumer;
        this.thread = Thread.ofVirtual().name("bus-" + stream.key()).start(this::run);
    }

    private void run() {
        boolean joined = false;
        boolean own = true;
        while (!closed && !link.isClosed()) {
            try {
                if (!joined) {
                    join();
                    joined = true;
                    own = true;
                }
                List<StreamEntryBinary> entries = read(own);
                boolean all = true;
                for (StreamEntryBinary entry : entries) {
                    all &= !closed && consume(entry);
                }
                if (entries.isEmpty()) {
                    own = false;
                } else if (!all) {
                    // What failed is pending for this member: read it again before anything new.
                    own = true;
                    rest();
                }
            } catch (JedisException e) {
                LOG.debug("stream cannot be read: stream={}", stream.key(), e);
                // Also the way back after Redis lost its data, and the group with it.
                joined = false;
                rest();
            }
        }
    }

    private void join() {
        try {
            link.client().xgroupCreate(key, group, "0".getBytes(UTF_8), true);
        } catch (JedisDataException e) {
            if (!e.getMessage().startsWith("BUSYGROUP")) {
                throw e;
            }
        }
    }

    private List<StreamEntryBinary> read(boolean own) {
        XReadGroupParams params = XReadGroupParams.xReadGroupParams().count(COUNT);
        if (!own) {
            params.block(BLOCK_MILLIS);
        }
        StreamEntryID from = own ? OWN_FROM_START : StreamEntryID.XREADGROUP_UNDELIVERED_ENTRY;
        List<Map.Entry<byte[], List<StreamEntryBinary>>> read =
                link.client().xreadGroupBinary(group, member, params, Map.of(key, from));
        return read == null || read.isEmpty() ? List.of() : read.getFirst().getValue();
    }

    private boolean consume(StreamEntryBinary entry) {
        byte[] id = entry.getID().toString().getBytes(UTF_8);
        // An entry that was trimmed while pending has no fields left.
        byte[] message = entry.getFields() == null
                ? null
                : entry.getFields().values().stream().findFirst().orElse(null);
        try {
            if (message != null) {
                consumer.accept(message);
            }
            link.client().xack(key, group, id);
            return true;
        } catch (JedisException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.warn("stream consumer failed, message comes again: reason={}", e.toString());
            return false;
        }
    }

    private void rest() {
        if (!closed) {
            LockSupport.parkNanos(RETRY_NANOS);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        if (!Thread.currentThread().equals(thread)) {
            join(thread);
        }
    }

    static void join(Thread thread) {
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
