package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/**
 * F7: the writer's transactions are broken off with a serialization failure, in the middle of their inserts. At its isolation
 * level PostgreSQL has no cause for one, so a trigger raises it, as a proxy or a fork that replicates would.
 */
final class DatabaseSerialization implements FaultScenario {
    private static final int TIMES = 20;

    @Override
    public String id() {
        return "F7/serialization";
    }

    @Override
    public String fault() {
        return "PostgreSQL: every second transaction of samples fails with 40001 after its first insert, 20 times";
    }

    @Override
    public String expected() {
        return "drained in 20 s";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(Duration.ofSeconds(20), Duration.ofSeconds(20));
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException, SQLException {
        stage.startAggregator(Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        // A sequence counts what is rolled back too.
        stage.sql().execute("create sequence fault_number");
        stage.sql().execute("""
                create function fault_raised() returns trigger language plpgsql as $$
                declare
                    number bigint := nextval('fault_number');
                begin
                    if number %% 2 = 1 and number < %d then
                        raise exception 'could not serialize access (fault %%)', number using errcode = '40001';
                    end if;
                    return null;
                end $$""".formatted(2 * TIMES));
        stage.atFault();
        stage.sql().execute("""
                create trigger fault after insert on host_sample
                for each statement execute function fault_raised()""");
        long[] asked = {0};
        stage.await("the transactions are broken off", () -> {
            asked[0] = stage.sql().number("select last_value from fault_number");
            return asked[0] >= 2 * TIMES;
        });
        stage.sql().execute("drop trigger fault on host_sample");
        stage.evidence().proof(asked[0] >= 2 * TIMES, "%d transactions, %d of them broken off", asked[0], TIMES);
        stage.recovery().awaitDrained(Duration.ofSeconds(20), 0);
    }
}
