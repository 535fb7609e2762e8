package ar.mcrn.sysmonstm.api.resources;

import ar.mcrn.sysmonstm.api.api.CoverageView;
import ar.mcrn.sysmonstm.api.api.HistoryView;
import ar.mcrn.sysmonstm.api.core.HistoryQuery;
import ar.mcrn.sysmonstm.api.db.HistoryReads;
import ar.mcrn.sysmonstm.api.hot.LiveFleet;
import ar.mcrn.sysmonstm.api.live.LiveSubscription;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** History of one machine, as JSON or CSV. */
@Path("/machines/{id}/history")
public final class HistoryResource {
    private final HistoryReads history;
    private final LiveFleet fleet;
    private final QueryTimer timer;
    private final InstantSource clock;

    /** Answers from the database. */
    public HistoryResource(HistoryReads history, LiveFleet fleet, QueryTimer timer, InstantSource clock) {
        this.history = history;
        this.fleet = fleet;
        this.timer = timer;
        this.clock = clock;
    }

    /**
     * Series over time; 400 names a bad parameter, 404 an unknown machine, 503 the database where it is away.
     *
     * @param id machine id
     * @param keys keys and globs, separated by commas
     * @param from ISO time, epoch seconds, {@code now-6h}; an hour ago where absent
     * @param to the same; now where absent
     * @param points most steps, 1 to 2,000
     */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public HistoryView history(
            @PathParam("id") String id,
            @QueryParam("metrics") Optional<String> keys,
            @QueryParam("from") Optional<String> from,
            @QueryParam("to") Optional<String> to,
            @QueryParam("points") Optional<String> points) {
        Instant now = clock.instant();
        HistoryQuery query = HistoryQuery.parse(id, keys, from, to, points, LiveSubscription.FLEET_FIELDS.texts(), now);
        return timer.time(() -> history.read(query, now).orElseGet(() -> nothingYet(query)));
    }

    /** The same as a table: RFC 4180, one row per step. */
    @GET
    @Produces("text/csv")
    public String csv(
            @PathParam("id") String id,
            @QueryParam("metrics") Optional<String> keys,
            @QueryParam("from") Optional<String> from,
            @QueryParam("to") Optional<String> to,
            @QueryParam("points") Optional<String> points) {
        return HistoryCsv.of(history(id, keys, from, to, points));
    }

    private HistoryView nothingYet(HistoryQuery query) {
        if (fleet.machine(query.machine()).isEmpty()) {
            throw new NotFoundException("machine is not known: " + query.machine());
        }
        return new HistoryView(
                query.machine(),
                query.from().toEpochMilli(),
                query.to().toEpochMilli(),
                query.stepMillis(),
                "raw",
                new long[0],
                List.of(),
                List.of(),
                CoverageView.nothing(query.from().toEpochMilli(), query.to().toEpochMilli()));
    }
}
