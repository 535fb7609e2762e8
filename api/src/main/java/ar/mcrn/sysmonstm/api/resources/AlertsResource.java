package ar.mcrn.sysmonstm.api.resources;

import ar.mcrn.sysmonstm.api.api.AlertView;
import ar.mcrn.sysmonstm.api.api.AlertsView;
import ar.mcrn.sysmonstm.api.db.AlertReads;
import ar.mcrn.sysmonstm.api.db.DatabaseDown;
import ar.mcrn.sysmonstm.api.live.AlertBoard;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Alerts from the database; while it is away the open ones that were heard live. */
@Path("/alerts")
@Produces(MediaType.APPLICATION_JSON)
public final class AlertsResource {
    private static final Set<String> STATES = Set.of("pending", "firing", "resolved");

    private final AlertReads reads;
    private final AlertBoard board;

    /** Answers from these two. */
    public AlertsResource(AlertReads reads, AlertBoard board) {
        this.reads = reads;
        this.board = board;
    }

    /**
     * Open alerts and those resolved within 24 h, newest start first, at most 1,000.
     *
     * @param state pending, firing or resolved; all where absent
     */
    @GET
    public AlertsView alerts(@QueryParam("state") Optional<String> state) {
        if (state.isPresent() && !STATES.contains(state.get())) {
            throw new IllegalArgumentException("state is not one of pending, firing, resolved");
        }
        return new AlertsView(all().stream()
                .filter(alert -> state.isEmpty() || alert.state().equals(state.get()))
                .toList());
    }

    private List<AlertView> all() {
        try {
            return reads.recent();
        } catch (DatabaseDown ignored) {
            return board.open(); // told at /ready and in the status frame
        }
    }
}
