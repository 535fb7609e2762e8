package ar.mcrn.sysmonstm.ops.runtime.inprocess;

import ar.mcrn.sysmonstm.contract.Subscription;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream in memory: the newest messages, numbered, and for each group the number it has consumed up to. A group that
 * falls behind the capacity loses the oldest, as with Redis' capped streams.
 */
final class MemoryStream {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryStream.class);
    private static final long RETRY_MILLIS = 200;

    private final Deque<Numbered> messages = new ArrayDeque<>();
    private final Map<String, Long> consumed = new HashMap<>();
    private final int capacity;
    private long appended;

    private record Numbered(long number, byte[] message) {}

    MemoryStream(int capacity) {
        this.capacity = capacity;
    }

    synchronized void append(byte[] message) {
        messages.addLast(new Numbered(++appended, message));
        if (messages.size() > capacity) {
            messages.removeFirst();
        }
        notifyAll();
    }

    Subscription consume(String name, String group, Consumer<byte[]> consumer) {
        Thread thread =
                Thread.ofPlatform().daemon().name("bus-" + name + "-" + group).start(() -> run(group, consumer));
        return () -> {
            thread.interrupt();
            if (!Thread.currentThread().equals(thread)) {
                Listening.join(thread);
            }
        };
    }

    private void run(String group, Consumer<byte[]> consumer) {
        try {
            while (true) {
                Numbered next = next(group);
                if (accepted(consumer, next)) {
                    done(group, next.number());
                } else {
                    rest();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean accepted(Consumer<byte[]> consumer, Numbered next) {
        try {
            consumer.accept(next.message());
            return true;
        } catch (RuntimeException e) {
            LOG.warn("stream consumer failed, message comes again: reason={}", e.toString());
            return false;
        }
    }

    private synchronized Numbered next(String group) throws InterruptedException {
        while (true) {
            long after = consumed.getOrDefault(group, 0L);
            for (Numbered message : messages) {
                if (message.number() > after) {
                    return message;
                }
            }
            wait();
        }
    }

    private synchronized void done(String group, long number) {
        consumed.put(group, number);
    }

    private synchronized void rest() throws InterruptedException {
        long until = System.nanoTime() + RETRY_MILLIS * 1_000_000;
        for (long left = RETRY_MILLIS; left > 0; left = (until - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }
}
