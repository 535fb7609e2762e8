package ar.mcrn.sysmonstm.aggregator.tiers;

import ar.mcrn.sysmonstm.aggregator.history.HistorySettings;
import ar.mcrn.sysmonstm.aggregator.history.TestSchema;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import javax.sql.DataSource;

/** The long form of {@code RollupStormTest}, for {@code sysmon bench --rollups}. */
public final class RollupProof {
    private RollupProof() {}

    /**
     * Writes, rolls up and repairs at once, compares, and prints what was done.
     *
     * @param source an empty database, with TimescaleDB where the mode is {@code timescale}
     * @param step between two samples of a machine
     * @return whether the tiers equal brute force and no mark is left
     */
    public static boolean run(DataSource source, String mode, Duration span, int machines, Duration step, long seed)
            throws Exception {
        Instant until = Instant.now().truncatedTo(ChronoUnit.HOURS);
        StormPlan plan = new StormPlan(seed, machines, until.minus(span), until, step);
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
                "%s: mode=%s seed=%d offered=%d stored=%d pieces=%d repairs=%d marksLeft=%d tierRows=%d values=%d seconds=%d%n",
                exact ? "exactly equal" : "DIFFERENT",
                mode,
                seed,
                result.offered(),
                result.stored(),
                result.pieces(),
                result.repairs(),
                result.dirty(),
                result.verdict().rows(),
                result.verdict().values(),
                (ended - begun) / 1_000_000_000);
        return exact;
    }
}
