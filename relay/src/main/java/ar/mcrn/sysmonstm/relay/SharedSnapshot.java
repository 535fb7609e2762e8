package ar.mcrn.sysmonstm.relay;

/** A snapshot and how many viewers it is on its way to. Belongs to the hub's thread. */
final class SharedSnapshot {
    private static final long STANDS_MILLIS = 1_000;

    final byte[] body;
    final ViewerGroup group;
    private final long madeMillis;
    private int underWay;

    SharedSnapshot(byte[] body, ViewerGroup group, long madeMillis) {
        this.body = body;
        this.group = group;
        this.madeMillis = madeMillis;
    }

    /** Whether viewers that come now may get it: its time is their clock, also while nothing changes. */
    boolean stands(long nowMillis) {
        return nowMillis >= madeMillis && nowMillis - madeMillis <= STANDS_MILLIS;
    }

    boolean isUnderWay() {
        return underWay > 0;
    }

    /** It goes to one viewer more; true where it was under way to none. */
    boolean goes() {
        return underWay++ == 0;
    }

    /** It has left for one viewer; true where it is under way to none now. */
    boolean left() {
        return --underWay == 0;
    }
}
