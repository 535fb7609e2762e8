package ar.mcrn.sysmonstm.aggregator.ingest;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/**
 * Silences gRPC's own loggers, which write a stack trace of some 36 lines for each malformed or oversized message and each
 * stray connection: whoever can reach the port could flood the log. What matters of it is counted by us. gRPC writes by
 * java.util.logging, the Netty within it by SLF4J.
 */
final class QuietLoggers {
    // Held, since java.util.logging forgets levels of loggers that nobody refers to.
    private static final List<Logger> LOGGERS = List.of(
            Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty"),
            Logger.getLogger("io.grpc.netty.shaded.io.netty"),
            Logger.getLogger("io.grpc.internal"));

    private QuietLoggers() {}

    static void quieten() {
        for (Logger logger : LOGGERS) {
            if (LoggerFactory.getLogger(logger.getName()) instanceof ch.qos.logback.classic.Logger shown) {
                shown.setLevel(ch.qos.logback.classic.Level.OFF);
            }
        }
        LOGGERS.forEach(logger -> logger.setLevel(Level.OFF));
    }
}
