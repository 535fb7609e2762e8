package ar.mcrn.sysmonstm.api.resources;

import ar.mcrn.sysmonstm.api.api.TotalsView;
import ar.mcrn.sysmonstm.api.core.FleetQuestion;
import ar.mcrn.sysmonstm.api.core.Period;
import ar.mcrn.sysmonstm.api.core.TimeRange;
import ar.mcrn.sysmonstm.api.db.FleetReads;
import ar.mcrn.sysmonstm.contract.Glob;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** What a counter of one machine came to; parameters and answer as {@link FleetResource#totals}. */
@Path("/machines/{id}/totals")
@Produces(MediaType.APPLICATION_JSON)
public final class TotalsResource {
    private final FleetReads fleet;
    private final QueryTimer timer;
    private final InstantSource clock;

    /** Answers from the database. */
    public TotalsResource(FleetReads fleet, QueryTimer timer, InstantSource clock) {
        this.fleet = fleet;
        this.timer = timer;
        this.clock = clock;
    }

    /** Sums of a counter; of a machine without such rows an empty list. */
    @GET
    public TotalsView totals(
            @PathParam("id") String id,
            @QueryParam("metric") Optional<String> metric,
            @QueryParam("from") Optional<String> from,
            @QueryParam("to") Optional<String> to,
            @QueryParam("period") Optional<String> period,
            @QueryParam("resetDay") Optional<String> resetDay,
            @QueryParam("zone") Optional<String> zone,
            @QueryParam("back") Optional<String> back) {
        Instant now = clock.instant();
        String key = FleetQuestion.metric(metric);
        TimeRange range = Period.parse(from, to, period, resetDay, zone, back, now);
        return timer.time(() -> fleet.totals(key, range, Glob.literal(id), now));
    }
}
