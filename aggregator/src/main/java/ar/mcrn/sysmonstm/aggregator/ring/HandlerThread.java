package ar.mcrn.sysmonstm.aggregator.ring;

/** Thread of one ring handler, which says for itself how long it sleeps when nothing is there. */
final class HandlerThread extends Thread {
    private long tickNanos;

    HandlerThread(Runnable task, long tickNanos) {
        super(task, "ring-handler");
        this.tickNanos = tickNanos;
        setDaemon(true);
    }

    /** Names the calling handler thread and sets its tick. */
    static void become(String name, long tickNanos) {
        Thread.currentThread().setName("ring-" + name);
        if (Thread.currentThread() instanceof HandlerThread handler) {
            handler.tickNanos = tickNanos;
        }
    }

    /** Only its own thread calls this. */
    long tickNanos() {
        return tickNanos;
    }
}
