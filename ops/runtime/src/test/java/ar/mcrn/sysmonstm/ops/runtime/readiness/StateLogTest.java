package ar.mcrn.sysmonstm.ops.runtime.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency.State;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StateLogTest {
    /** The log is shared with all dependencies, so this one has a name of its own. */
    private static final String NAME = "of the state log";

    private static final String DOWN = "WARN dependency is down: dependency=" + NAME + ", reason=";
    private static final String DEGRADED = "WARN dependency is degraded: dependency=" + NAME + ", reason=";
    private static final String UP = "INFO dependency is up again: dependency=" + NAME + ", seconds=";

    private final AtomicBoolean stopping = new AtomicBoolean();
    private final StateLog log = new StateLog(NAME, stopping::get);
    private final Logger logger = (Logger) LoggerFactory.getLogger(Dependency.class);
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();

    @BeforeEach
    void listen() {
        written.start();
        logger.addAppender(written);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(written);
    }

    /** Seconds after which it wants to be told again. */
    private long now(long second, State state, String detail) {
        // Readings of the monotonic clock may be negative.
        long nanos = Duration.ofSeconds(second - 30).toNanos();
        return Duration.ofNanos(log.now(state, detail, nanos)).toSeconds();
    }

    private List<String> lines() {
        return List.copyOf(written.list).stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .filter(line -> line.contains(NAME))
                .toList();
    }

    @Test
    void saysNothingOfWhatIsThereFromTheStart() {
        now(0, State.UP, "");
        now(5, State.UP, "21 % used");
        assertThat(lines()).isEmpty();
    }

    @Test
    void saysOnceThatItIsAwayAndWhyAndThatItIsBack() {
        now(0, State.DOWN, "timed out after 2003ms, total=3");
        now(5, State.DOWN, "timed out after 2001ms, total=0");
        now(90, State.DOWN, "timed out after 2002ms, total=3");
        now(95, State.UP, "");
        assertThat(lines()).containsExactly(DOWN + "timed out after 2003ms, total=3", UP + "95");
    }

    @Test
    void durationsMomentsAndSharesMakeNoOtherReason() {
        now(0, State.DEGRADED, "disk 91.5 % full, until 2026-01-01T01:00:00Z, 6 min ago");
        now(90, State.DEGRADED, "disk 92 % full, until 2026-01-01T01:01:30.25Z, 16 min ago");
        assertThat(lines()).hasSize(1);
    }

    @Test
    void anotherCodeIsAnotherReason() {
        now(0, State.DOWN, "relay refuses: HTTP 401");
        now(1, State.DOWN, "relay refuses: HTTP 503");
        assertThat(lines()).containsExactly(DOWN + "relay refuses: HTTP 401", DOWN + "relay refuses: HTTP 503");
    }

    @Test
    void saysAnotherReasonAtOnceAndEachOnceAMinute() {
        assertThat(now(0, State.DOWN, "refused")).isZero();
        assertThat(now(5, State.DOWN, "wrong password")).isZero();
        assertThat(now(10, State.DOWN, "refused")).isEqualTo(50);
        assertThat(now(15, State.DOWN, "refused")).isEqualTo(45);
        assertThat(now(60, State.DOWN, "refused")).isZero();
        now(61, State.UP, "");
        assertThat(lines())
                .containsExactly(DOWN + "refused", DOWN + "wrong password", DOWN + "refused, suppressed=1", UP + "61");
    }

    @Test
    void whatComesAgainAndStaysIsSaidAMinuteAfterItWasSaid() {
        now(0, State.DEGRADED, "line 3");
        now(20, State.UP, "");
        assertThat(now(40, State.DEGRADED, "line 3")).isEqualTo(20);
        assertThat(now(60, State.DEGRADED, "line 3")).isZero();
        assertThat(lines()).containsExactly(DEGRADED + "line 3", UP + "20", DEGRADED + "line 3, suppressed=1");
    }

    @Test
    void saysOnceAMinuteWhatComesAgainAndAgain() {
        for (int second = 0; second < 61; second += 2) {
            now(second, State.DEGRADED, "full");
            now(second + 1, State.UP, "");
        }
        assertThat(lines()).containsExactly(DEGRADED + "full", UP + "1", DEGRADED + "full, suppressed=29", UP + "1");
    }

    @Test
    void whatComesInTurnIsCountedUnlessItWasSaidLast() {
        for (int second = 0; second < 60; second++) {
            now(second, State.DOWN, second % 2 == 0 ? "refused" : "reset");
        }
        now(60, State.DOWN, "refused");
        now(61, State.DOWN, "reset");
        assertThat(lines())
                .containsExactly(DOWN + "refused", DOWN + "reset", DOWN + "refused, suppressed=29", DOWN + "reset");
    }

    @Test
    void whatWasLeftOutLongAgoIsNotCounted() {
        now(0, State.DOWN, "refused");
        now(1, State.UP, "");
        now(2, State.DOWN, "refused");
        now(3, State.UP, "");
        now(10_000, State.DOWN, "refused");
        assertThat(lines()).endsWith(DOWN + "refused");
    }

    @Test
    void saysNothingWhileTheProcessStops() {
        stopping.set(true);
        now(0, State.DOWN, "stopping");
        assertThat(lines()).isEmpty();
    }
}
