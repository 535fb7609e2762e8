package ar.mcrn.sysmonstm.ops.runtime.service;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import com.fasterxml.jackson.databind.JsonMappingException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.eclipse.jetty.io.EofException;
import org.junit.jupiter.api.Test;

class ClientGoneFilterTest {
    private static final String RESPONDER = "org.glassfish.jersey.server.ServerRuntime$Responder";

    private static FilterReply decide(String logger, Throwable failure) {
        Logger log = new LoggerContext().getLogger(logger);
        return new ClientGoneFilter()
                .build()
                .decide(new LoggingEvent(
                        ClientGoneFilterTest.class.getName(), log, Level.ERROR, "text", failure, null));
    }

    @Test
    void leavesOutClientsThatHangUp() {
        assertThat(decide(RESPONDER, new IOException("Connection reset by peer")))
                .isEqualTo(FilterReply.DENY);
        assertThat(decide(RESPONDER, new EofException("gone"))).isEqualTo(FilterReply.DENY);
        assertThat(decide(RESPONDER, new IllegalStateException(new ClosedChannelException())))
                .isEqualTo(FilterReply.DENY);
    }

    @Test
    void keepsFaultsOfOurs() {
        assertThat(decide(RESPONDER, new JsonMappingException(null, "no serializer")))
                .isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide(RESPONDER, new IllegalStateException("mapper failed")))
                .isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide(RESPONDER, null)).isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide("ar.mcrn.sysmonstm.Spool", new IOException("No space left on device")))
                .isEqualTo(FilterReply.NEUTRAL);
    }
}
