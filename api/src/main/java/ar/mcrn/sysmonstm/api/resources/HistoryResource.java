package ar.mcrn.sysmonstm.api.resources;

import ar.mcrn.sysmonstm.api.api.CoverageView;
import ar.mcrn.sysmonstm.api.api.HistoryView;
import ar.mcrn.sysmonstm.api.core.FleetQuestion;
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
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Variant;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** History of one machine, as JSON or CSV. */
@Path("/machines/{id}/history")
public final class HistoryResource {
    private static final String CSV = "text/csv";
    private static final List<Variant> FORMATS = Variant.mediaTypes(
                    MediaType.APPLICATION_JSON_TYPE, MediaType.valueOf(CSV))
            .build();

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
     * @param percentiles true or false; false where absent
     * @param format json, or csv: a table as RFC 4180 has it, one row per step; what {@code Accept} prefers where absent
     */
    @GET
    @Produces({MediaType.APPLICATION_JSON, CSV})
    public Response history(
            @PathParam("id") String id,
            @QueryParam("metrics") Optional<String> keys,
            @QueryParam("from") Optional<String> from,
            @QueryParam("to") Optional<String> to,
            @QueryParam("points") Optional<String> points,
            @QueryParam("percentiles") Optional<String> percentiles,
            @QueryParam("format") Optional<String> format,
            @Context Request request) {
        boolean csv = isCsv(format, request);
        Instant now = clock.instant();
        HistoryQuery query =
                HistoryQuery.parse(id, keys, from, to, points, percentiles, LiveSubscription.FLEET_FIELDS.texts(), now);
        HistoryView view = timer.time(() -> history.read(query, now).orElseGet(() -> nothingYet(query)));
        return csv
                ? Response.ok(HistoryCsv.of(view), CSV + ";charset=utf-8").build()
                : Response.ok(view, MediaType.APPLICATION_JSON_TYPE).build();
    }

    private static boolean isCsv(Optional<String> format, Request request) {
        if (format.isPresent()) {
            return FleetQuestion.word("format", format, "json", "csv").equals("csv");
        }
        Variant preferred = request.selectVariant(FORMATS);
        return preferred != null
                && preferred.getMediaType().equals(FORMATS.getLast().getMediaType());
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
