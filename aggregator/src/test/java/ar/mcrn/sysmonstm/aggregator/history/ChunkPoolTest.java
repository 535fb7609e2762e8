package ar.mcrn.sysmonstm.aggregator.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ChunkPoolTest {
    private static final int ROW_BYTES = 1_000;

    private final ChunkPool pool = new ChunkPool();

    private static void fill(CopyStream stream, int rows) {
        byte[] value = new byte[ROW_BYTES];
        for (int row = 0; row < rows; row++) {
            stream.beginRow(1, Short.BYTES + Integer.BYTES + ROW_BYTES);
            stream.putBytes(value, 0, ROW_BYTES);
        }
    }

    private static Set<byte[]> chunks(CopyStream stream) throws Exception {
        Set<byte[]> chunks = Collections.newSetFromMap(new IdentityHashMap<>());
        stream.write(0, stream.position(), (source, offset, length) -> chunks.add(source));
        return chunks;
    }

    @Test
    void whatOneStreamGaveBackIsFilledByTheNext() throws Exception {
        CopyStream first = new CopyStream(pool);
        CopyStream second = new CopyStream(pool);
        fill(first, 650);
        Set<byte[]> held = chunks(first);
        assertThat(held).hasSize(10);
        first.clear();
        fill(second, 650);
        // Each stream keeps one of its own.
        assertThat(chunks(second).stream().filter(held::contains)).hasSize(9);
        assertThat(chunks(first)).isEmpty();
    }

    @Test
    void keepsSoManyAndNoMore() {
        List<byte[]> taken = Stream.generate(pool::take).limit(300).toList();
        taken.forEach(pool::giveBack);
        Set<byte[]> mine = Collections.newSetFromMap(new IdentityHashMap<>());
        mine.addAll(taken);
        assertThat(Stream.generate(pool::take).limit(300).filter(mine::contains))
                .hasSize(256);
    }

    @Test
    void lendsAChunkToOneAtATime() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> done = new ArrayList<>();
            for (byte mark = 1; mark <= 4; mark++) {
                byte mine = mark;
                done.add(threads.submit(() -> {
                    for (int round = 0; round < 500; round++) {
                        List<byte[]> taken = List.of(pool.take(), pool.take(), pool.take());
                        taken.forEach(chunk -> Arrays.fill(chunk, 0, 64, mine));
                        for (byte[] chunk : taken) {
                            assertThat(Arrays.copyOf(chunk, 64)).containsOnly(mine);
                            pool.giveBack(chunk);
                        }
                    }
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
        }
    }
}
