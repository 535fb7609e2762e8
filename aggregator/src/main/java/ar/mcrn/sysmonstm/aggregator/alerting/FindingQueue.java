package ar.mcrn.sysmonstm.aggregator.alerting;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Bounded queue between whoever evaluates and the one sender. Holds {@value #CAPACITY} findings; what does not fit is
 * counted and healed by the next announcement, since those are level-triggered. Its lock is never held during I/O.
 */
final class FindingQueue {
    static final int CAPACITY = 4096;

    private final BlockingQueue<Finding> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final AlertingMetrics metrics;

    FindingQueue(AlertingMetrics metrics) {
        this.metrics = metrics;
    }

    /** Never blocks. Any thread. */
    void offer(Finding finding) {
        metrics.found.increment();
        if (!queue.offer(finding)) {
            metrics.dropped.increment();
        }
    }

    /** Next one, or null after the time or a {@link #wake}. The sender's thread only. */
    Finding poll(long millis) throws InterruptedException {
        Finding next = queue.poll(millis, TimeUnit.MILLISECONDS);
        return next instanceof Finding.Wake ? null : next;
    }

    /** Has the sender look up, which it does anyway while the queue is full. Any thread. */
    void wake() {
        boolean _ = queue.offer(new Finding.Wake());
    }

    int size() {
        return queue.size();
    }
}
