package ar.mcrn.sysmonstm.ops.runtime.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DependencyTest {
    private final List<Runnable> tasks = new ArrayList<>();
    private final List<Long> waits = new ArrayList<>();
    private final Dependency dependency =
            new Dependency("of the test of dependencies", false, Clock.systemUTC(), () -> false, (task, nanos) -> {
                tasks.add(task);
                waits.add(nanos);
            });

    @Test
    void looksAgainOnceAtWhatCouldNotBeLoggedYet() {
        dependency.degraded("full");
        dependency.up();
        assertThat(tasks).isEmpty();
        dependency.degraded("full");
        dependency.degraded("full");
        assertThat(waits)
                .singleElement()
                .satisfies(nanos ->
                        assertThat(Duration.ofNanos(nanos)).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(1)));
        // Too early, as it would be where it came and went meanwhile.
        tasks.getFirst().run();
        assertThat(tasks).hasSize(2);
        dependency.up();
        tasks.getLast().run();
        assertThat(tasks).hasSize(2);
    }

    @Test
    void tellsWhoeverMayAskLessThanTheLog() {
        dependency.down("cannot be reached", "password authentication failed for user \"sysmon\"");
        assertThat(dependency.status().detail()).isEqualTo("cannot be reached");
    }
}
