package ar.mcrn.sysmonstm.contract;

/** Streams of the event bus: kept until consumed, at least once for each consumer group. Names are those in Redis. */
public enum EventStream {
    /** {@code AlertMessage}: transitions and announcements of the aggregators; capped at about 10,000 entries. */
    ALERT_TRANSITIONS("sysmonstm:alert-transitions", 10_000);

    private final String key;
    private final int capacity;

    EventStream(String key, int capacity) {
        this.key = key;
        this.capacity = capacity;
    }

    /** Name in Redis. */
    public String key() {
        return key;
    }

    /** Entries kept, about; older ones go. */
    public int capacity() {
        return capacity;
    }
}
