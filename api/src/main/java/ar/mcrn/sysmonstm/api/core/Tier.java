package ar.mcrn.sysmonstm.api.core;

/** Resolutions of history, finest first. */
public enum Tier {
    /** Rows as the agents sent them. */
    RAW("raw", 250),
    /** Minutes. */
    MINUTE("1m", 60_000),
    /** Hours. */
    HOUR("1h", 3_600_000);

    private final String json;
    private final long resolutionMillis;

    Tier(String json, long resolutionMillis) {
        this.json = json;
        this.resolutionMillis = resolutionMillis;
    }

    /** Name in JSON. */
    public String json() {
        return json;
    }

    /** Least step it can answer, milliseconds. */
    public long resolutionMillis() {
        return resolutionMillis;
    }
}
