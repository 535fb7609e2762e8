package ar.mcrn.sysmonstm.agent.collect;

import java.io.IOException;

/**
 * One thing that can be read of a machine, and fail, on its own. Called by one thread, once per tick.
 */
interface Source extends AutoCloseable {

    /** Name for people, such as {@code /proc/stat}. */
    String name();

    /**
     * Puts what is there now into {@code reading}. What it does not put stays absent.
     *
     * @throws IOException when it cannot be read or is not as expected; only its own values are absent then
     */
    void read(Reading reading) throws IOException;

    @Override
    default void close() {}
}
