package ar.mcrn.sysmonstm.ops.runtime.inprocess;

import ar.mcrn.sysmonstm.contract.Channel;
import ar.mcrn.sysmonstm.contract.EventBus.Listener;
import ar.mcrn.sysmonstm.contract.Subscription;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listener's thread and queue. Closing interrupts the thread and waits for it, unless called from it. */
final class Listening implements Subscription {
    static final int QUEUE = 256;

    private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

    private final BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(QUEUE);
    private final LongAdder dropped = new LongAdder();
    private final Listener listener;
    private final Consumer<Listening> ended;
    private final Thread thread;
    private volatile boolean closed;

    Listening(Channel channel, Listener listener, Consumer<Listening> ended) {
        this.listener = listener;
        this.ended = ended;
        this.thread = Thread.ofPlatform().daemon().name("bus-" + channel.key()).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void offer(byte[] message) {
        while (!closed && !queue.offer(message)) {
            if (queue.poll() != null) {
                dropped.increment();
            }
        }
    }

    long dropped() {
        return dropped.sum();
    }

    private void run() {
        hear(listener::connected);
        while (!closed) {
            try {
                byte[] message = queue.take();
                hear(() -> listener.message(message));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
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
        ended.accept(this);
        thread.interrupt();
        if (!Thread.currentThread().equals(thread)) {
            join(thread);
        }
    }

    static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
