package ar.mcrn.sysmonstm.ops.runtime.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency.State;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency.Status;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StateLogTest {
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final StateLog log = new StateLog("database", stopping::get);
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

    private void now(int second, State state, String detail) {
        Instant instant = Instant.ofEpochSecond(second);
        log.now(new Status(state, instant, detail), instant);
    }

    private List<String> lines() {
        return written.list.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
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
        now(0, State.DOWN, "timed out after 2003ms");
        now(5, State.DOWN, "timed out after 2001ms");
        now(90, State.DOWN, "timed out after 2002ms");
        now(95, State.UP, "");
        assertThat(lines())
                .containsExactly(
                        "WARN database is down: reason=timed out after 2003ms",
                        "INFO database is up again: seconds=95");
    }

    @Test
    void saysAnotherReasonAtOnceAndEachOnceAMinute() {
        now(0, State.DOWN, "refused");
        now(5, State.DOWN, "wrong password");
        now(10, State.DOWN, "refused");
        now(15, State.DOWN, "refused");
        now(60, State.DOWN, "refused");
        now(61, State.UP, "");
        assertThat(lines())
                .containsExactly(
                        "WARN database is down: reason=refused",
                        "WARN database is down: reason=wrong password",
                        "WARN database is down: reason=refused, timesBefore=1",
                        "INFO database is up again: seconds=61");
    }

    @Test
    void saysOnceAMinuteWhatComesAgainAndAgain() {
        for (int second = 0; second < 61; second += 2) {
            now(second, State.DEGRADED, "full");
            now(second + 1, State.UP, "");
        }
        assertThat(lines())
                .containsExactly(
                        "WARN database is degraded: reason=full",
                        "INFO database is up again: seconds=1",
                        "WARN database is degraded: reason=full, timesBefore=29",
                        "INFO database is up again: seconds=1");
    }

    @Test
    void saysNothingWhileTheProcessStops() {
        stopping.set(true);
        now(0, State.DOWN, "stopping");
        assertThat(lines()).isEmpty();
    }
}
