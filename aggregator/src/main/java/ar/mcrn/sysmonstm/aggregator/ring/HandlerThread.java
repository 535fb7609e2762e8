package ar.mcrn.sysmonstm.aggregator.ring;

/** Thread of one ring handler, which says for itself how long it sleeps when nothing is there. */
final class HandlerThread extends Thread {
    private HandlerSleep sleep;

    HandlerThread(Runnable task, HandlerSleep sleep) {
        super(task, "ring-handler");
        this.sleep = sleep;
        setDaemon(true);
    }

    /** Names the calling handler thread and sets how it sleeps. */
    static void become(String name, HandlerSleep sleep) {
        Thread.currentThread().setName("ring-" + name);
        if (Thread.currentThread() instanceof HandlerThread handler) {
            handler.sleep = sleep;
        }
    }

    /** Only its own thread calls this. */
    HandlerSleep sleep() {
        return sleep;
    }
}
