package ar.mcrn.sysmonstm.aggregator.ring;

import ar.mcrn.sysmonstm.contract.Limits;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Arrays for samples that do not fit into their slot. Bounded: when it is empty the sample is deferred, which is counted.
 * Arrays are made when first needed and then go round.
 *
 * <pre>
 * class     array     at most
 * medium    8 KiB     512      (4 MiB)
 * large     64 KiB    64       (4 MiB)
 * </pre>
 *
 * Any thread borrows, the clearing handler gives back. An array comes back when all handlers have seen its sample, so when more
 * than half of a class are out the ring is told, and its handlers hurry until it is less.
 */
public final class PayloadPool {
    private static final int MEDIUM_BYTES = 8 * 1024;
    private static final int MEDIUM = 512;
    private static final int LARGE = 64;

    private final Shelf medium;
    private final Shelf large;

    /** @param scarce is called when the pool becomes scarce, by whoever borrows */
    PayloadPool(Runnable scarce) {
        medium = new Shelf(MEDIUM_BYTES, MEDIUM, scarce);
        large = new Shelf(Limits.MESSAGE_BYTES, LARGE, scarce);
    }

    /** An array of at least {@code length} bytes, or null when all of that size are out. */
    public byte[] borrow(int length) {
        return (length <= MEDIUM_BYTES ? medium : large).borrow();
    }

    /** Takes back what {@link #borrow} gave. */
    public void giveBack(byte[] array) {
        (array.length == MEDIUM_BYTES ? medium : large).giveBack(array);
    }

    /** Arrays that are out now. */
    public int borrowed() {
        return medium.out.get() + large.out.get();
    }

    /** Whether more than half of the arrays of a class are out. */
    boolean isScarce() {
        return medium.isScarce() || large.isScarce();
    }

    private static final class Shelf {
        private final int bytes;
        private final int limit;
        private final Runnable scarce;
        private final ArrayBlockingQueue<byte[]> free;
        private final AtomicInteger out = new AtomicInteger();

        Shelf(int bytes, int limit, Runnable scarce) {
            this.bytes = bytes;
            this.limit = limit;
            this.scarce = scarce;
            this.free = new ArrayBlockingQueue<>(limit);
        }

        byte[] borrow() {
            int taken = out.incrementAndGet();
            if (taken > limit) {
                out.decrementAndGet();
                return null;
            }
            if (taken == limit / 2 + 1) {
                scarce.run();
            }
            byte[] array = free.poll();
            return array == null ? new byte[bytes] : array;
        }

        void giveBack(byte[] array) {
            free.offer(array);
            out.decrementAndGet();
        }

        boolean isScarce() {
            return out.get() > limit / 2;
        }
    }
}
