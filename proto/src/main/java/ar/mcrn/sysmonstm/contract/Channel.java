package ar.mcrn.sysmonstm.contract;

/** Channels of the event bus: at most once, to whoever listens now. Names are those in Redis. */
public enum Channel {
    /** {@code LiveTick}: all samples of one tick of one aggregator. */
    LIVE("sysmonstm:live"),
    /** {@code AlertEpisode}: an episode that alerts/service changed. */
    ALERTS("sysmonstm:alerts"),
    /** Empty: rules, silences or acknowledgements were written to the database; read them again. */
    RULES("sysmonstm:rules"),
    /** {@code IdentityMessage}: which runs speak for which machines, and which are claimed twice. */
    IDENTITY("sysmonstm:identity");

    private final String key;

    Channel(String key) {
        this.key = key;
    }

    /** Name in Redis. */
    public String key() {
        return key;
    }
}
