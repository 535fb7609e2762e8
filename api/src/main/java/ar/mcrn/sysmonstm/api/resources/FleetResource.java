package ar.mcrn.sysmonstm.api.resources;

import ar.mcrn.sysmonstm.api.api.FleetHistoryView;
import ar.mcrn.sysmonstm.api.api.FleetTopView;
import ar.mcrn.sysmonstm.api.api.TotalsView;
import ar.mcrn.sysmonstm.api.core.FleetQuestion;
import ar.mcrn.sysmonstm.api.core.Period;
import ar.mcrn.sysmonstm.api.core.TimeRange;
import ar.mcrn.sysmonstm.api.db.FleetReads;
import ar.mcrn.sysmonstm.contract.Glob;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** One metric of many machines. 400 names a bad parameter, 503 says that the database is away or took more than 5 s. */
@Path("/fleet")
@Produces(MediaType.APPLICATION_JSON)
public final class FleetResource {
    private static final int POINTS = 2_000;
    private static final int USUAL_POINTS = 200;
    private static final int TOP = 1_000;
    private static final int USUAL_TOP = 10;

    private final FleetReads fleet;
    private final QueryTimer timer;
    private final InstantSource clock;

    /** Answers from the database. */
    public FleetResource(FleetReads fleet, QueryTimer timer, InstantSource clock) {
        this.fleet = fleet;
        this.timer = timer;
        this.clock = clock;
    }

    /**
     * Over time.
     *
     * @param metric key of one metric; a glob takes several devices
     * @param from ISO time, epoch seconds, {@code now-6h}; an hour ago where absent
     * @param to the same; now where absent
     * @param points most steps, 1 to 2,000; fewer where machines are many
     * @param machines glob on ids
     */
    @GET
    @Path("/history")
    public FleetHistoryView history(
            @QueryParam("metric") Optional<String> metric,
            @QueryParam("from") Optional<String> from,
            @QueryParam("to") Optional<String> to,
            @QueryParam("points") Optional<String> points,
            @QueryParam("machines") Optional<String> machines) {
        Instant now = clock.instant();
        String key = FleetQuestion.metric(metric);
        TimeRange range = TimeRange.parse(from, to, "now-1h", now);
        int most = FleetQuestion.number("points", points, USUAL_POINTS, 1, POINTS);
        Glob glob = FleetQuestion.machines(machines);
        return timer.time(() -> fleet.history(key, range, most, glob, now));
    }

    /**
     * Those with most or least.
     *
     * @param metric key of one metric; with a glob each device stands for itself
     * @param from ISO time, epoch seconds, {@code now-6h}; a day ago where absent
     * @param to the same; now where absent
     * @param n how many, 1 to 1,000
     * @param by avg, max or min
     * @param order desc or asc
     * @param machines glob on ids
     */
    @GET
    @Path("/top")
    public FleetTopView top(
            @QueryParam("metric") Optional<String> metric,
            @QueryParam("from") Optional<String> from,
            @QueryParam("to") Optional<String> to,
            @QueryParam("n") Optional<String> n,
            @QueryParam("by") Optional<String> by,
            @QueryParam("order") Optional<String> order,
            @QueryParam("machines") Optional<String> machines) {
        Instant now = clock.instant();
        String key = FleetQuestion.metric(metric);
        TimeRange range = TimeRange.parse(from, to, "now-24h", now);
        int most = FleetQuestion.number("n", n, USUAL_TOP, 1, TOP);
        String value = FleetQuestion.word("by", by, "avg", "max", "min");
        String direction = FleetQuestion.word("order", order, "desc", "asc");
        Glob glob = FleetQuestion.machines(machines);
        return timer.time(() -> fleet.top(key, range, most, value, direction, glob, now));
    }

    /**
     * Sums of a counter, such as bytes sent this month.
     *
     * @param metric key of one counter; a glob sums up several devices
     * @param from as above, instead of a period; a day before now where only {@code to} is given
     * @param to the same
     * @param period month
     * @param resetDay day it begins, 1 to 31; the last day of months that have no such day
     * @param zone time zone of that day; UTC where absent
     * @param back how many periods ago, 0 = the one under way
     * @param machines glob on ids
     */
    @GET
    @Path("/totals")
    public TotalsView totals(
            @QueryParam("metric") Optional<String> metric,
            @QueryParam("from") Optional<String> from,
            @QueryParam("to") Optional<String> to,
            @QueryParam("period") Optional<String> period,
            @QueryParam("resetDay") Optional<String> resetDay,
            @QueryParam("zone") Optional<String> zone,
            @QueryParam("back") Optional<String> back,
            @QueryParam("machines") Optional<String> machines) {
        Instant now = clock.instant();
        String key = FleetQuestion.metric(metric);
        TimeRange range = Period.parse(from, to, period, resetDay, zone, back, now);
        Glob glob = FleetQuestion.machines(machines);
        return timer.time(() -> fleet.totals(key, range, glob, now));
    }
}
