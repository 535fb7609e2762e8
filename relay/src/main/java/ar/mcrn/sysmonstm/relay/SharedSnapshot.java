package ar.mcrn.sysmonstm.relay;

/** A snapshot and how many viewers it is on its way to. Belongs to the hub's thread. */
final class SharedSnapshot {
    final byte[] body;
    final ViewerGroup group;
    final long madeMillis;
    private int underWay;

    SharedSnapshot(byte[] body, ViewerGroup group, long madeMillis) {
        this.body = body;
        this.group = group;
        this.madeMillis = madeMillis;
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
