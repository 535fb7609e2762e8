package ar.mcrn.sysmonstm.aggregator.tiers;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;

/** What the tables of the tiers need before rows of a range can go in: partitions in mode plain, nothing in mode timescale. */
@FunctionalInterface
public interface TierSpace {
    /**
     * Makes what is missing for minutes, hours and coverage, and commits. Called outside of a transaction, for each piece of
     * work: cheap where nothing is missing.
     *
     * @param from start of the range
     * @param until its end, not included
     */
    void make(Connection connection, Instant from, Instant until) throws SQLException;

    /** Something failed: what was there may have been dropped. */
    default void forget() {}
}
