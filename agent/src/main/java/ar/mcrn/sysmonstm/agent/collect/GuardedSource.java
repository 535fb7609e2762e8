package ar.mcrn.sysmonstm.agent.collect;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A source whose failure costs its own values only, and is said once, as is its return. Used by one thread. */
final class GuardedSource implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedSource.class);

    private final Source source;
    private boolean failing;

    GuardedSource(Source source) {
        this.source = source;
    }

    void read(Reading reading) {
        try {
            source.read(reading);
            if (failing) {
                failing = false;
                LOG.info("source can be read again: source={}", source.name());
            }
        } catch (IOException | RuntimeException e) {
            if (!failing) {
                failing = true;
                LOG.warn(
                        "source cannot be read, its values are absent: source={}, reason={}",
                        source.name(),
                        e.toString());
            }
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
