package ar.mcrn.sysmonstm.api.resources;

import ar.mcrn.sysmonstm.api.api.MachineView;
import ar.mcrn.sysmonstm.api.api.MachinesView;
import ar.mcrn.sysmonstm.api.api.MetricsView;
import ar.mcrn.sysmonstm.api.api.RemovalView;
import ar.mcrn.sysmonstm.api.db.Removals;
import ar.mcrn.sysmonstm.api.hot.DuplicateFollower;
import ar.mcrn.sysmonstm.api.hot.LiveFleet;
import ar.mcrn.sysmonstm.api.hot.LiveMachine;
import ar.mcrn.sysmonstm.api.hot.MachineViews;
import ar.mcrn.sysmonstm.api.live.LiveSubscription;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Machines and their newest values, from memory: works while the database is away, but for removing one. */
@Path("/machines")
@Produces(MediaType.APPLICATION_JSON)
public final class MachinesResource {
    private final LiveFleet fleet;
    private final Removals removals;
    private final DuplicateFollower duplicates;
    private final InstantSource clock;

    /** Answers from the live picture, with what is known of removals and of agents under one identity. */
    public MachinesResource(LiveFleet fleet, Removals removals, DuplicateFollower duplicates, InstantSource clock) {
        this.fleet = fleet;
        this.removals = removals;
        this.duplicates = duplicates;
        this.clock = clock;
    }

    /**
     * Machines by filter, in order, by page.
     *
     * @param filter substring or glob on the id and label values, whatever the case
     * @param state up, stale, down or removing
     * @param sort id, state, cpu, memory or seen
     * @param order asc or desc
     * @param limit 1 to 1,000
     * @param offset machines left out before
     */
    @GET
    public MachinesView list(
            @QueryParam("filter") Optional<String> filter,
            @QueryParam("state") Optional<String> state,
            @QueryParam("sort") Optional<String> sort,
            @QueryParam("order") Optional<String> order,
            @QueryParam("limit") Optional<String> limit,
            @QueryParam("offset") Optional<String> offset) {
        // Taken once: what changes meanwhile must not change how they are ordered.
        Set<String> removing = removals.removing();
        MachineQuery query = new MachineQuery(
                machine -> state(machine.id(), machine.state().json(), removing),
                filter,
                state,
                sort,
                order,
                limit,
                offset);
        List<LiveMachine> matching = fleet.machines().stream()
                .filter(query.filter())
                .sorted(query.order())
                .toList();
        List<MachineView> page = matching.stream()
                .skip(query.offset())
                .limit(query.limit())
                .map(machine ->
                        shown(MachineViews.withMetrics(machine, false, LiveSubscription.FLEET_FIELDS), removing))
                .toList();
        return new MachinesView(page, matching.size(), clock.millis());
    }

    /** One machine with its devices; 404 where it is not known. */
    @GET
    @Path("/{id}")
    public MachineView machine(@PathParam("id") String id) {
        return shown(MachineViews.withMetrics(known(id), true, LiveSubscription.FLEET_FIELDS), removals.removing());
    }

    /**
     * Asks for a machine and all its history to be removed, which an aggregator does soon after; 202, 404 where the database
     * does not know it, 503 where that is away. A machine that goes on sending appears anew.
     */
    @DELETE
    @Path("/{id}")
    public Response remove(@PathParam("id") String id) {
        if (!removals.ask(id)) {
            throw new NotFoundException("machine has no history: " + id);
        }
        return Response.accepted(new RemovalView(id, MachineQuery.REMOVING)).build();
    }

    private MachineView shown(MachineView machine, Set<String> removing) {
        return machine.with(
                state(machine.id(), machine.state(), removing),
                duplicates.of(machine.id()).orElse(null));
    }

    private static String state(String id, String live, Set<String> removing) {
        return removing.contains(id) ? MachineQuery.REMOVING : live;
    }

    /** Newest sample of one machine, every key; 404 where it is not known. */
    @GET
    @Path("/{id}/metrics")
    public MetricsView metrics(@PathParam("id") String id) {
        return MachineViews.newest(known(id));
    }

    private LiveMachine known(String id) {
        return fleet.machine(id).orElseThrow(() -> new NotFoundException("machine is not known: " + id));
    }
}
