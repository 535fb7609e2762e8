package ar.mcrn.sysmonstm.bench.peers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sends what is due at real time: a virtual thread for each sender, at its own phase of the second. One that waits for an answer
 * sends the next when it has it, with the stamp intended, so that a system which falls behind has accepted less when the
 * schedule ends. Closing waits for nothing.
 */
final class PacedFleet implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final int samples;
    private final List<Sender> senders;
    private final List<Thread> threads = new ArrayList<>();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final AtomicReference<String> firstFailure = new AtomicReference<>("");
    private final long startNanos;
    private volatile boolean stopped;

    /** Sends one sample of one or more hosts. */
    interface Sender {
        /** When within the second. */
        int phaseMillis();

        /** Hosts that a call speaks for. */
        int hosts();

        /** Sends the samples with this number, and returns when they were accepted. */
        void send(long sequence) throws Exception;
    }

    /** Begins after that many milliseconds. */
    PacedFleet(List<? extends Sender> senders, int samples, long aheadMillis) {
        this.samples = samples;
        this.senders = List.copyOf(senders);
        this.startNanos = System.nanoTime() + aheadMillis * 1_000_000;
    }

    void start() {
        for (Sender sender : senders) {
            threads.add(Thread.ofVirtual().name("peers-sender").start(() -> run(sender)));
        }
    }

    private void run(Sender sender) {
        try {
            for (int sequence = 1; sequence <= samples && !stopped; sequence++) {
                long due = startNanos + (sender.phaseMillis() + (sequence - 1) * 1_000L) * 1_000_000;
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                try {
                    sender.send(sequence);
                    accepted.add(sender.hosts());
                } catch (InterruptedException e) {
                    throw e;
                } catch (Exception e) {
                    failures.increment();
                    firstFailure.compareAndSet("", e.toString());
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** Host-samples accepted so far. */
    long accepted() {
        return accepted.sum();
    }

    /** Host-samples of the whole schedule. */
    long due() {
        return senders.stream().mapToLong(Sender::hosts).sum() * samples;
    }

    /** Sends that failed, with the first reason; empty for none. */
    String failures() {
        return failures.sum() == 0 ? "" : failures.sum() + " sends failed, first: " + firstFailure.get();
    }

    /** Waits for the end of the schedule and 2 s more, then gives up what is still due. */
    void finish() throws InterruptedException {
        long end = startNanos + TimeUnit.SECONDS.toNanos(samples) + GRACE.toNanos();
        for (Thread thread : threads) {
            thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
        }
        close();
        for (Thread thread : threads) {
            thread.join(GRACE);
        }
    }

    @Override
    public void close() {
        stopped = true;
        threads.forEach(Thread::interrupt);
    }
}
