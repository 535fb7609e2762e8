package ar.mcrn.sysmonstm.api.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class RegularQuestionTest {
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicLong nanos = new AtomicLong();
    private final Logger logger = (Logger) LoggerFactory.getLogger(RegularQuestion.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(log);
    }

    @Test
    void asksAgainAfterFailuresAndStops() throws InterruptedException {
        RegularQuestion question = new RegularQuestion("q", Duration.ofMillis(1), () -> {
            switch (asked.incrementAndGet()) {
                case 1 -> throw new IllegalStateException("ours");
                case 2 -> throw new DatabaseDown("away", null);
                default -> {}
            }
        });
        question.start();
        await().until(() -> asked.get() > 3);
        question.stop();
        int then = asked.get();
        await().during(Duration.ofMillis(50)).until(() -> asked.get() == then);
        assertThat(log.list).hasSize(1);
    }

    @Test
    void logsTheFirstFailureAndThenOneAMinuteWithTheirNumber() throws InterruptedException {
        RegularQuestion question = new RegularQuestion(
                "q",
                Duration.ofMillis(1),
                () -> {
                    // Asked every 20 s, so to speak.
                    nanos.set(Duration.ofSeconds(20L * asked.incrementAndGet()).toNanos());
                    throw new IllegalStateException("ours");
                },
                nanos::get);
        question.start();
        await().until(() -> asked.get() >= 7);
        question.stop();
        assertThat(log.list.stream().limit(3).map(ILoggingEvent::getFormattedMessage))
                .containsExactly(said(1), said(3), said(3));
        assertThat(log.list).hasSize((asked.get() + 2) / 3);
    }

    private static String said(int failures) {
        return "BUG: question failed, is asked again: thread=q, failures=" + failures
                + ", error=java.lang.IllegalStateException: ours";
    }

    @Test
    void aDatabaseThatCannotBeAskedIsDown() throws InterruptedException {
        DataSource broken = (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (_, _, _) -> {
                    throw new IllegalStateException("ours");
                });
        Dependency dependency = new Readiness().dependency("database", false);
        dependency.up();
        DatabaseWatch watch = new DatabaseWatch(new Reads(broken), dependency);
        watch.start();
        await().until(() -> !dependency.isUp());
        assertThat(dependency.status().detail()).isEqualTo("BUG: the question failed: IllegalStateException");
        watch.stop();
    }
}
