package ar.mcrn.sysmonstm.api.db;

import io.dropwizard.lifecycle.Managed;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.Update;

/**
 * Machines that are to be removed: asks for it, and knows which were asked for. What the api asks, an aggregator does. Owns
 * one thread, which looks again every 2 s, since other processes ask too and the aggregator takes the request away when it
 * is done; stopping waits for its question under way, at most 7 s. Any thread.
 */
public final class Removals implements Managed {
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final Reads reads;
    private final RegularQuestion question = new RegularQuestion("removals", EVERY, this::look);
    private volatile Set<String> removing = Set.of();

    /** Reads and asks by these transactions. */
    public Removals(Reads reads) {
        this.reads = reads;
    }

    /**
     * Asks for a machine to be removed; asking again changes nothing.
     *
     * @return false where the database knows no such machine
     * @throws DatabaseDown when the database cannot be reached or takes longer than 5 s
     */
    public boolean ask(String machine) {
        boolean known = reads.write(handle -> {
            try (Query query = handle.createQuery("select machine_id from machine where name = :name for key share")) {
                Integer id = query.bind("name", machine)
                        .mapTo(Integer.class)
                        .findOne()
                        .orElse(null);
                if (id == null) {
                    return false;
                }
                try (Update update = handle.createUpdate(
                        "insert into machine_removal (machine_id) values (:id) on conflict do nothing")) {
                    update.bind("id", id).execute();
                }
                return true;
            }
        });
        if (known) {
            Set<String> with = new HashSet<>(removing);
            with.add(machine);
            removing = Set.copyOf(with);
        }
        return known;
    }

    /** Machines whose removal was asked for and is not done yet, as known a moment ago. Immutable. */
    public Set<String> removing() {
        return removing;
    }

    @Override
    public void start() {
        question.start();
    }

    @Override
    public void stop() throws InterruptedException {
        question.stop();
    }

    private void look() {
        removing = reads.read(handle -> handle.createQuery("select to_regclass('machine_removal') is not null")
                        .mapTo(Boolean.class)
                        .one()
                ? Set.copyOf(handle.createQuery("select name from machine_removal join machine using (machine_id)"
                                + " where name is not null limit 20000")
                        .mapTo(String.class)
                        .list())
                : Set.of());
    }
}
