package ar.mcrn.sysmonstm.ops.runtime.service;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Has the heap collected once its old generation has grown by half since the last time. The serial collector by itself looks at that only when
 * it has grown to the heap's bound, so that connections which end after long would fill it up to there. One thread.
 */
public final class OldGeneration {
    /** Growth for which no collection, some 100 ms, is worth its while. */
    static final long LEAST_GROWTH_BYTES = 16L * 1024 * 1024;

    private static final Duration EVERY = Duration.ofMinutes(1);
    private static final String SERIAL = "Tenured Gen";

    private final LongSupplier used;
    private final LongSupplier usedAfterLast;
    private final Runnable collect;

    /**
     * @param used bytes now
     * @param usedAfterLast bytes that the last collection of it left; 0 before the first
     */
    OldGeneration(LongSupplier used, LongSupplier usedAfterLast, Runnable collect) {
        this.used = used;
        this.usedAfterLast = usedAfterLast;
        this.collect = collect;
    }

    /** Looks every minute until the latch is open; other collectors than the serial one are left to themselves. */
    public static void careUntil(CountDownLatch end) throws InterruptedException {
        Optional<OldGeneration> heap = ofThisProcess();
        while (!end.await(EVERY.toSeconds(), TimeUnit.SECONDS)) {
            heap.ifPresent(OldGeneration::look);
        }
    }

    /** Empty with another collector than the serial one. */
    static Optional<OldGeneration> ofThisProcess() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals(SERIAL))
                .findFirst()
                .map(pool -> new OldGeneration(
                        () -> pool.getUsage().getUsed(), () -> bytes(pool.getCollectionUsage()), System::gc));
    }

    private static long bytes(MemoryUsage usage) {
        return usage == null ? 0 : usage.getUsed();
    }

    /** Collects where it has grown by half, and by as much as is worth it. */
    void look() {
        long left = usedAfterLast.getAsLong();
        if (used.getAsLong() - left >= Math.max(left / 2, LEAST_GROWTH_BYTES)) {
            collect.run();
        }
    }
}
