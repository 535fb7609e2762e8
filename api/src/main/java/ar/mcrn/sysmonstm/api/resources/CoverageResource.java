package ar.mcrn.sysmonstm.api.resources;

import ar.mcrn.sysmonstm.api.api.CoverageView;
import ar.mcrn.sysmonstm.api.core.TimeRange;
import ar.mcrn.sysmonstm.api.db.HistoryReads;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** How much of a machine's history is there. */
@Path("/machines/{id}/coverage")
@Produces(MediaType.APPLICATION_JSON)
public final class CoverageResource {
    private final HistoryReads history;
    private final QueryTimer timer;
    private final InstantSource clock;

    /** Answers from the database. */
    public CoverageResource(HistoryReads history, QueryTimer timer, InstantSource clock) {
        this.history = history;
        this.timer = timer;
        this.clock = clock;
    }

    /**
     * Runs, events and sums; 400 names a bad parameter, 404 a machine without history, 503 the database where it is away.
     *
     * @param id machine id
     * @param from ISO time, epoch seconds, {@code now-6h}; a day ago where absent
     * @param to the same; now where absent
     */
    @GET
    public CoverageView coverage(
            @PathParam("id") String id,
            @QueryParam("from") Optional<String> from,
            @QueryParam("to") Optional<String> to) {
        Instant now = clock.instant();
        TimeRange range = TimeRange.parse(from, to, "now-24h", now);
        return timer.time(() -> history.coverage(id, range.from(), range.to(), now))
                .orElseThrow(() -> new NotFoundException("machine has no history: " + id));
    }
}
