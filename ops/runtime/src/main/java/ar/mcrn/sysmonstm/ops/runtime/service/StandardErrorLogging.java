package ar.mcrn.sysmonstm.ops.runtime.service;

import ch.qos.logback.classic.spi.ILoggingEvent;
import com.fasterxml.jackson.databind.node.TextNode;
import io.dropwizard.logging.common.ConsoleAppenderFactory;
import io.dropwizard.logging.common.DefaultLoggingFactory;
import io.dropwizard.logging.common.LoggingFactory;
import io.dropwizard.logging.json.EventJsonLayoutBaseFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Logs to standard error: one line an event, as text or as JSON; of libraries only what is wrong. */
public final class StandardErrorLogging {
    private StandardErrorLogging() {}

    /**
     * Makes the logging of a process.
     *
     * @param level of our own loggers; libraries log at WARN, connection pools less, or at this where it is higher
     * @param json true for one JSON object a line
     */
    public static LoggingFactory factory(String level, boolean json) {
        ConsoleAppenderFactory<ILoggingEvent> console = new ConsoleAppenderFactory<>();
        console.setTarget(ConsoleAppenderFactory.ConsoleStream.STDERR);
        console.setFilterFactories(List.of(new ClientGoneFilter()));
        if (json) {
            console.setLayout(new EventJsonLayoutBaseFactory());
        } else {
            console.setLogFormat("%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z',UTC} %-5level %logger{0}: %msg%n%rEx{6}");
        }
        DefaultLoggingFactory logging = new DefaultLoggingFactory();
        String ours = level.toUpperCase(Locale.ROOT);
        logging.setLevel(ours.equals("ERROR") || ours.equals("OFF") ? ours : "WARN");
        logging.setLoggers(Map.of(
                "ar.mcrn.sysmonstm", TextNode.valueOf(ours),
                // Whether database and Redis are there we say ourselves, once and with the reason.
                "com.zaxxer.hikari", TextNode.valueOf(ours.equals("OFF") ? ours : "ERROR"),
                "redis.clients.jedis", TextNode.valueOf("OFF")));
        logging.setAppenders(List.of(console));
        return logging;
    }
}
