package ar.mcrn.sysmonstm.aggregator.history;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the raw partitions of the coming day ahead of time, in whichever aggregator gets to it first. The writer makes those
 * of late samples itself.
 */
final class PartitionJob implements Runnable {
    /** Partitions ahead of the present one: a day. */
    private static final int AHEAD = 4;

    private static final Logger LOG = LoggerFactory.getLogger(PartitionJob.class);

    private final DataSource source;
    private final InstantSource clock;

    PartitionJob(DataSource source, InstantSource clock) {
        this.source = source;
        this.clock = clock;
    }

    @Override
    public void run() {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            long now = Partitions.slot(clock.millis());
            List<Long> slots = LongStream.rangeClosed(now, now + AHEAD).boxed().toList();
            Partitions.tryMake(connection, slots);
        } catch (SQLException | RuntimeException e) {
            LOG.debug("partitions not made ahead, tried again later: error={}", SqlFailure.line(e));
        }
    }
}
