package ar.mcrn.sysmonstm.ops.runtime.service;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import io.dropwizard.logging.common.filter.FilterFactory;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.eclipse.jetty.io.EofException;

/**
 * Leaves out what Jersey logs as an error with a stack trace whenever a client hangs up before it has its answer: nobody has to
 * act, and who can reach the port could fill the log.
 */
final class ClientGoneFilter extends Filter<ILoggingEvent> implements FilterFactory<ILoggingEvent> {
    private static final String JERSEY = "org.glassfish.jersey.server.ServerRuntime";

    @Override
    public Filter<ILoggingEvent> build() {
        return this;
    }

    @Override
    public FilterReply decide(ILoggingEvent event) {
        if (event.getLoggerName().startsWith(JERSEY) && event.getThrowableProxy() instanceof ThrowableProxy proxy) {
            for (Throwable cause = proxy.getThrowable(); cause != null; cause = cause.getCause()) {
                if (isOfTheSocket(cause)) {
                    return FilterReply.DENY;
                }
            }
        }
        return FilterReply.NEUTRAL;
    }

    /** What is wrong with a value is an IOException too, but of a class of its own. */
    private static boolean isOfTheSocket(Throwable cause) {
        return cause instanceof EofException
                || cause instanceof ClosedChannelException
                || cause.getClass() == IOException.class;
    }
}
