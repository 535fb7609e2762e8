package ar.mcrn.sysmonstm.api.hot;

import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.contract.Channel;
import ar.mcrn.sysmonstm.contract.EventBus;
import ar.mcrn.sysmonstm.contract.HotState;
import ar.mcrn.sysmonstm.contract.HotState.HotMachine;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.contract.Subscription;
import io.dropwizard.lifecycle.Managed;
import java.util.SortedMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows hot state and the live channel, and hands what it hears to the feed. The bus calls with its own thread, which is
 * only used to pass the message on. A thread of this class reads all of hot state at start, whenever the subscription
 * stands again, and every 30 s to find what was removed; it asks once a second whether both can be reached. Stopping ends
 * the subscription first and then waits for that thread.
 */
public final class HotFollower implements Managed {
    private static final Logger LOG = LoggerFactory.getLogger(HotFollower.class);
    private static final long READ_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long WATCH_MILLIS = 1_000;

    private final HotState hot;
    private final EventBus bus;
    private final Hearer hearer;
    private final Semaphore asked = new Semaphore(0);
    private volatile boolean stopping;
    private Subscription subscription;
    private Thread thread;

    /**
     * @param hearer takes what is heard; must not block
     */
    public HotFollower(HotState hot, EventBus bus, Hearer hearer) {
        this.hot = hot;
        this.bus = bus;
        this.hearer = hearer;
    }

    @Override
    public void start() {
        subscription = bus.subscribe(Channel.LIVE, new EventBus.Listener() {
            @Override
            public void message(byte[] message) {
                hearer.tick(message);
            }

            @Override
            public void connected() {
                asked.release();
            }
        });
        thread = Thread.ofPlatform().name("hot-follower").start(this::follow);
    }

    /** Asks for a whole reading soon: something was lost on the way. Any thread. */
    public void readSoon() {
        asked.release();
    }

    @Override
    public void stop() throws InterruptedException {
        stopping = true;
        subscription.close();
        asked.release();
        thread.join();
    }

    private void follow() {
        boolean whole = false;
        long nextRead = System.nanoTime();
        while (!stopping) {
            boolean now = asked.drainPermits() > 0;
            if (now || !whole || System.nanoTime() - nextRead >= 0) {
                whole = read();
                nextRead = System.nanoTime() + READ_NANOS;
            }
            boolean up = whole && hot.isUp() && bus.isUp();
            whole = up;
            hearer.connected(up);
            await();
        }
    }

    private boolean read() {
        try {
            hearer.all(hot.readAll());
            return true;
        } catch (BusException e) {
            LOG.debug("hot state not read", e); // told by the status frame, and at /ready by the link to Redis
            return false;
        } catch (RuntimeException e) {
            LOG.error("BUG: reading hot state failed", e);
            return false;
        }
    }

    private void await() {
        try {
            if (asked.tryAcquire(WATCH_MILLIS, TimeUnit.MILLISECONDS)) {
                asked.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping = true;
        }
    }

    /** Takes what is heard; calls come from several threads and must not block. */
    public interface Hearer {
        /** One encoded {@code LiveTick}. */
        void tick(byte[] message);

        /** All that hot state holds. */
        void all(SortedMap<MachineId, HotMachine> machines);

        /** Whether ticks are heard now; called every second. */
        void connected(boolean now);
    }
}
