package ar.mcrn.sysmonstm.aggregator.retention;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TimescaleRetentionTest extends RetentionContract {
    private static PostgresFixture postgres;

    @BeforeAll
    static void startPostgres() {
        postgres = PostgresFixture.startTimescale();
    }

    @AfterAll
    static void stopPostgres() {
        if (postgres != null) {
            postgres.close();
        }
    }

    @Override
    PostgresFixture postgres() {
        return postgres;
    }

    /**
     * A job of the database's own holds the chunk that goes last, which is the one made last, and then wants the first, which
     * dropping holds.
     */
    @Test
    void dropsAllTheSameAfterADeadlock() throws Exception {
        fillHours(47);
        execute("update history_tier set rolled_until = now() where tier in ('minute', 'hour')");
        RetentionJob job = job(0);
        job.keep();
        execute(shift(30));
        List<String> chunks =
                rows("select format('%I.%I', chunk_schema, chunk_name) from timescaledb_information.chunks"
                        + " where hypertable_name = 'host_sample' and range_end < now() - interval '20 hours'"
                        + " order by chunk_creation_time, split_part(chunk_name, '_', 4)::int");
        assertThat(chunks).hasSizeGreaterThan(1);
        try (Connection looking = postgres.dataSource(url()).getConnection();
                PreparedStatement waits = looking.prepareStatement(
                        "select count(*) > 0 from pg_locks where not granted and relation = ?::regclass");
                Connection other = postgres.dataSource(url()).getConnection();
                Statement statement = other.createStatement()) {
            waits.setString(1, chunks.getLast());
            other.setAutoCommit(false);
            // Whoever notices is the victim: here, only dropping.
            statement.execute("set deadlock_timeout = '1h'");
            statement.execute("lock table " + chunks.getLast() + " in access share mode");
            CompletableFuture<Void> keeping = CompletableFuture.runAsync(() -> keep(job));
            // Well within the second after which it looks for a deadlock, once.
            Awaitility.await("dropping waits for the last")
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> isTrue(waits));
            statement.execute("lock table " + chunks.getFirst() + " in access share mode");
            other.commit();
            keeping.get();
        }
        assertThat(rows("select count(*) from host_sample where time < now() - interval '21 hours'"))
                .containsExactly("0");
        // An idle backend tells its statistics after 10 s at the latest.
        Awaitility.await("the deadlock is counted")
                .atMost(Duration.ofSeconds(30))
                .until(() -> rows("select deadlocks > 0 from pg_stat_database where datname = current_database()")
                        .equals(List.of("t")));
    }

    private static boolean isTrue(PreparedStatement question) throws SQLException {
        try (ResultSet row = question.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static void keep(RetentionJob job) {
        try {
            job.keep();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
