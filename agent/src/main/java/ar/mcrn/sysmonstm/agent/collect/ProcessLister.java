package ar.mcrn.sysmonstm.agent.collect;

import java.io.IOException;

/** Shows every process of the machine, one after the other. Used by one thread. */
interface ProcessLister extends AutoCloseable {

    /**
     * Offers each process that can be seen to {@code top}.
     *
     * @return false where there are more than {@link TopProcesses#LOOKED_AT}: the rest was not looked at
     * @throws IOException where not even the list can be read
     */
    boolean list(TopProcesses top) throws IOException;

    @Override
    default void close() {}

    /** Shows nothing. */
    static ProcessLister none() {
        return _ -> true;
    }
}
