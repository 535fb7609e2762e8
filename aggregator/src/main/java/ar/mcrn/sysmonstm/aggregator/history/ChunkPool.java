package ar.mcrn.sysmonstm.aggregator.history;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Free chunks of all {@link CopyStream}s, so that what they hold together follows the rows held together, not the sum of
 * what each of them once held. Any thread; nobody waits.
 */
final class ChunkPool {
    /** Bytes of a chunk; the longest row (56 columns and 512 cores) has 1.3 KiB. */
    static final int CHUNK_BYTES = 64 * 1024;

    /** Free chunks kept, 16 MiB: some 12,000 rows of a usual machine with its devices. */
    private static final int KEPT = 256;

    private final AtomicReferenceArray<byte[]> free = new AtomicReferenceArray<>(KEPT);

    /** A chunk of {@value #CHUNK_BYTES} bytes, of any content. */
    byte[] take() {
        for (int i = 0; i < KEPT; i++) {
            byte[] chunk = free.get(i);
            if (chunk != null && free.compareAndSet(i, chunk, null)) {
                return chunk;
            }
        }
        return new byte[CHUNK_BYTES];
    }

    /** Takes back a chunk that nobody holds any more; one too many is left to the collector. */
    void giveBack(byte[] chunk) {
        for (int i = 0; i < KEPT; i++) {
            if (free.get(i) == null && free.compareAndSet(i, null, chunk)) {
                return;
            }
        }
    }
}
