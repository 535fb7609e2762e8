package ar.mcrn.sysmonstm.ops.runtime.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(100));
    private final Readiness readiness = new Readiness(new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now.get();
        }
    });

    @Test
    void isUnavailableOnlyWhileSomethingCriticalIsDown() {
        Dependency ring = readiness.dependency("ring", true);
        Dependency database = readiness.dependency("database", false);
        assertThat(readiness.isUnavailable()).isTrue();
        ring.up();
        assertThat(readiness.isUnavailable()).isFalse();
        assertThat(readiness.degraded()).containsExactly("database");
        database.up();
        assertThat(readiness.degraded()).isEmpty();
        ring.degraded("slow");
        assertThat(readiness.isUnavailable()).isFalse();
        assertThat(readiness.degraded()).containsExactly("ring");
        readiness.stopping();
        assertThat(readiness.isUnavailable()).isTrue();
    }

    @Test
    void remembersSinceWhenTheStateIsWhatItIs() {
        Dependency database = readiness.dependency("database", false);
        database.down("refused");
        now.set(Instant.ofEpochSecond(200));
        database.down("no route");
        assertThat(database.status().since()).isEqualTo(Instant.ofEpochSecond(100));
        assertThat(database.status().detail()).isEqualTo("no route");
        database.up();
        assertThat(database.status().since()).isEqualTo(Instant.ofEpochSecond(200));
        assertThat(readiness.dependency("database", false)).isSameAs(database);
    }

    @Test
    void metricsSayWhatReadySays() {
        Telemetry telemetry = new Telemetry("one");
        readiness.dependency("ring", true).up();
        ReadinessMetrics.register(telemetry, readiness);
        Dependency database = readiness.dependency("database", false);
        assertThat(telemetry.text())
                .contains("sysmonstm_ready{service=\"one\"} 1.0")
                .contains("sysmonstm_dependency_up{critical=\"true\",dependency=\"ring\",service=\"one\"} 1.0")
                .contains("sysmonstm_dependency_up{critical=\"false\",dependency=\"database\",service=\"one\"} 0.0");
        database.degraded("full");
        assertThat(telemetry.text())
                .contains("sysmonstm_dependency_up{critical=\"false\",dependency=\"database\",service=\"one\"} 1.0")
                .contains(
                        "sysmonstm_dependency_degraded{critical=\"false\",dependency=\"database\",service=\"one\"} 1.0");
        readiness.stopping();
        assertThat(telemetry.text()).contains("sysmonstm_ready{service=\"one\"} 0.0");
    }
}
