package ar.mcrn.sysmonstm.ops.runtime.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.contract.Channel;
import ar.mcrn.sysmonstm.contract.EventBus;
import ar.mcrn.sysmonstm.contract.EventStream;
import ar.mcrn.sysmonstm.contract.Subscription;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import redis.clients.jedis.params.XAddParams;

/** Event bus over Redis: pub/sub for channels, streams with consumer groups. Connects again by itself. */
public final class RedisEventBus implements EventBus {
    /** The one field of a stream entry. */
    static final byte[] FIELD = "m".getBytes(UTF_8);

    private final RedisLink link;
    private final Set<Subscription> open = ConcurrentHashMap.newKeySet();

    /** Over a link that its owner closes after the bus. */
    public RedisEventBus(RedisLink link) {
        this.link = link;
    }

    @Override
    public void publish(Channel channel, byte[] message) throws BusException {
        link.call("publish", client -> client.publish(channel.key().getBytes(UTF_8), message));
    }

    @Override
    public Subscription subscribe(Channel channel, Listener listener) {
        RedisListening listening = new RedisListening(link, channel, listener);
        return opened(listening);
    }

    @Override
    public void append(EventStream stream, byte[] message) throws BusException {
        XAddParams params = XAddParams.xAddParams().maxLen(stream.capacity()).approximateTrimming();
        link.call("append", client -> client.xadd(stream.key().getBytes(UTF_8), params, Map.of(FIELD, message)));
    }

    @Override
    public Subscription consume(EventStream stream, String group, String member, Consumer<byte[]> consumer) {
        return opened(new RedisConsuming(link, stream, group, member, consumer));
    }

    private Subscription opened(Subscription subscription) {
        open.add(subscription);
        return () -> {
            open.remove(subscription);
            subscription.close();
        };
    }

    @Override
    public boolean isUp() {
        return link.isUp();
    }

    @Override
    public void close() {
        List.copyOf(open).forEach(Subscription::close);
    }
}
