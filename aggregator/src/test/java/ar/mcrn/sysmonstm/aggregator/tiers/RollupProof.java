package ar.mcrn.sysmonstm.aggregator.tiers;

import ar.mcrn.sysmonstm.aggregator.history.HistorySettings;
import ar.mcrn.sysmonstm.aggregator.history.TestSchema;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The long form of {@code RollupStormTest}, by command: {@code RollupProof JDBC-URL MODE DAYS MACHINES STEP-SECONDS SEED}. The
 * database must be empty and have TimescaleDB where the mode is {@code timescale}. Prints what was done and compared; exit code
 * 0 where the tiers equal brute force and no mark is left.
 */
public final class RollupProof {
    private RollupProof() {}

    /** Runs it; does not return. */
    public static void main(String... arguments) throws Exception {
        if (arguments.length != 6) {
            System.err.println("usage: RollupProof JDBC-URL plain|timescale DAYS MACHINES STEP-SECONDS SEED");
            System.exit(2);
        }
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(arguments[0]);
        String mode = arguments[1];
        Instant until = Instant.now().truncatedTo(ChronoUnit.HOURS);
        Duration span = Duration.ofDays(Integer.parseInt(arguments[2]));
        Duration step = Duration.ofSeconds(Integer.parseInt(arguments[4]));
        StormPlan plan = new StormPlan(
                Long.parseLong(arguments[5]), Integer.parseInt(arguments[3]), until.minus(span), until, step);
        TestSchema.migrate(source, mode);
        if (mode.equals("plain")) {
            TierRig.makeRoomForTiers(source);
        }
        long begun = System.nanoTime();
        RollupStorm.Result result = new RollupStorm(source, (connection, from, to) -> {})
                .run(plan, new HistorySettings(mode, span.plusDays(1), null, null, null, null, null));
        long ended = System.nanoTime();
        result.verdict().differences().forEach(System.err::println);
        result.failures().forEach((reason, count) -> System.err.println("tried again " + count + " times: " + reason));
        boolean exact = result.verdict().differences().isEmpty() && result.dirty() == 0;
        System.out.printf(
                Locale.ROOT,
                "%s: mode=%s offered=%d stored=%d pieces=%d repairs=%d marksLeft=%d tierRows=%d values=%d seconds=%d%n",
                exact ? "exactly equal" : "DIFFERENT",
                mode,
                result.offered(),
                result.stored(),
                result.pieces(),
                result.repairs(),
                result.dirty(),
                result.verdict().rows(),
                result.verdict().values(),
                (ended - begun) / 1_000_000_000);
        System.exit(exact ? 0 : 1);
    }
}
