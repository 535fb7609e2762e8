package ar.mcrn.sysmonstm.agent;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Sets up java.util.logging for the agent as a program of its own: one line per message on standard error. */
final class AgentLogging {
    /** Kept, since the log manager forgets loggers that nobody holds. */
    private static final List<Logger> QUIET =
            List.of(Logger.getLogger("io.grpc"), Logger.getLogger("oshi"), Logger.getLogger("com.sun.jna"));

    private static final int NANOS_PER_MILLI = 1_000_000;

    private AgentLogging() {}

    /** Lets the log speak until the process has ended: the usual one falls silent when the end begins. */
    public static final class Manager extends LogManager {
        @Override
        public void reset() {
            // Called at the beginning of the end, when the most interesting messages are still to come.
        }
    }

    static void configure(AgentConfig.LogLevel level, AgentConfig.LogFormat format) {
        Level least = switch (level) {
            case ERROR -> Level.SEVERE;
            case WARN -> Level.WARNING;
            case INFO -> Level.INFO;
            case DEBUG -> Level.FINE;
            case TRACE -> Level.FINEST;
        };
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        ConsoleHandler console = new ConsoleHandler();
        console.setLevel(least);
        console.setFormatter(
                switch (format) {
                    case TEXT -> new TextLines();
                    case JSON -> new JsonLines();
                });
        root.addHandler(console);
        root.setLevel(least);
        // Libraries repeat what the agent says once, with stack traces.
        QUIET.forEach(logger -> logger.setLevel(least.intValue() > Level.FINE.intValue() ? Level.SEVERE : null));
    }

    private static String levelName(Level level) {
        return level.intValue() >= Level.SEVERE.intValue()
                ? "ERROR"
                : level.intValue() >= Level.WARNING.intValue()
                        ? "WARN"
                        : level.intValue() >= Level.INFO.intValue()
                                ? "INFO"
                                : level.intValue() >= Level.FINE.intValue() ? "DEBUG" : "TRACE";
    }

    /** Milliseconds of UTC as ISO 8601 has them; by hand, since the formatters of the JDK take long to load. */
    private static String time(Instant instant) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), ZoneOffset.UTC);
        StringBuilder text = new StringBuilder(24);
        digits(text, time.getYear(), 4).append('-');
        digits(text, time.getMonthValue(), 2).append('-');
        digits(text, time.getDayOfMonth(), 2).append('T');
        digits(text, time.getHour(), 2).append(':');
        digits(text, time.getMinute(), 2).append(':');
        digits(text, time.getSecond(), 2).append('.');
        return digits(text, time.getNano() / NANOS_PER_MILLI, 3).append('Z').toString();
    }

    private static StringBuilder digits(StringBuilder text, int number, int width) {
        String digits = Integer.toString(number);
        return text.repeat('0', Math.max(0, width - digits.length())).append(digits);
    }

    private static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    /** Time in UTC, level, logger, message, as the other services write it. */
    static final class TextLines extends Formatter {
        @Override
        public String format(LogRecord line) {
            String name = line.getLoggerName() == null ? "" : line.getLoggerName();
            String level = levelName(line.getLevel());
            return time(line.getInstant()) + ' ' + level + " ".repeat(6 - level.length())
                    + name.substring(name.lastIndexOf('.') + 1) + ": " + formatMessage(line) + '\n'
                    + (line.getThrown() == null ? "" : trace(line.getThrown()));
        }
    }

    /** One JSON object per line. */
    static final class JsonLines extends Formatter {
        @Override
        public String format(LogRecord line) {
            StringBuilder json = new StringBuilder("{\"time\":");
            quote(json, time(line.getInstant()));
            quote(json.append(",\"level\":"), levelName(line.getLevel()).toLowerCase(Locale.ROOT));
            quote(json.append(",\"service\":"), "agent");
            quote(json.append(",\"logger\":"), line.getLoggerName() == null ? "" : line.getLoggerName());
            quote(json.append(",\"message\":"), formatMessage(line));
            if (line.getThrown() != null) {
                quote(json.append(",\"exception\":"), trace(line.getThrown()));
            }
            return json.append("}\n").toString();
        }

        private static void quote(StringBuilder json, String text) {
            json.append('"');
            text.chars().forEach(c -> {
                if (c == '"' || c == '\\') {
                    json.append('\\').append((char) c);
                } else if (c < 0x20) {
                    json.append(String.format("\\u%04x", c));
                } else {
                    json.append((char) c);
                }
            });
            json.append('"');
        }
    }
}
