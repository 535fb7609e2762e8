package ar.mcrn.sysmonstm.api.core;

/** Resolutions of history, finest first. */
public enum Tier {
    /** Rows as the agents sent them. */
    RAW("raw", "sample", 1),
    /** Minutes. */
    MINUTE("1m", "minute", 60_000),
    /** Hours. */
    HOUR("1h", "hour", 3_600_000);

    private final String json;
    private final String table;
    private final long millis;

    Tier(String json, String table, long millis) {
        this.json = json;
        this.table = table;
        this.millis = millis;
    }

    /** Name in JSON. */
    public String json() {
        return json;
    }

    /** Second part of its tables' names. */
    public String table() {
        return table;
    }

    /** Length of its buckets, milliseconds; 1 for rows as they are. */
    public long millis() {
        return millis;
    }

    /** Start of the bucket that holds a time. */
    long floor(long time) {
        return time - Math.floorMod(time, millis);
    }

    /** Start of the first bucket that begins at a time or later. */
    long ceiling(long time) {
        return floor(time + millis - 1);
    }
}
