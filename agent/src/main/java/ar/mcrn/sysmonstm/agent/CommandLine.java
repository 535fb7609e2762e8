package ar.mcrn.sysmonstm.agent;

import java.util.HashMap;
import java.util.Map;

/**
 * The agent's command line. Read by hand: five options do not pay for a library that has to be loaded before anything
 * else.
 *
 * @param help whether only this is asked for
 * @param version whether only this is asked for
 * @param settings what options say, by the variable that each stands for
 */
record CommandLine(boolean help, boolean version, Map<String, String> settings) {
    static final String HELP = """
            Usage: agent [-h] [-V] [--aggregator=ADDRESS] [--interval=SECONDS] [--machine=ID]
            Samples this machine and streams it to a sysmonstm aggregator.
                  --aggregator=ADDRESS
                                       Where to stream to; default: localhost:50051.
              -h, --help               Show this help message and exit.
                  --interval=SECONDS   Collect interval; default: 1.
                  --machine=ID         Name of this machine; default: its host name.
              -V, --version            Print version information and exit.

            Environment (options win over it):
              COLLECTOR_AGGREGATOR_URL       host:port, dns:///host:port, http(s)://host:port
              COLLECTOR_MACHINE_ID           name of this machine; default: its host name
              COLLECTOR_COLLECTION_INTERVAL  seconds from 0.25 to 60; default: 1
              COLLECTOR_TOKEN[_FILE]         token that the aggregator asks for
              COLLECTOR_LABELS               name=value,...
              COLLECTOR_SPOOL_DIR            folder that keeps samples; default: see README
              COLLECTOR_SPOOL_BYTES          1MiB to 16GiB; default: 256MiB
              COLLECTOR_HOST_ROOT            in a container: where the root of the machine is mounted; default: /
              LOG_LEVEL, LOG_FORMAT          error, warn, info, debug, trace; text, json
            """;

    /**
     * Reads the arguments: {@code --name VALUE} or {@code --name=VALUE}, each once. No value is blank, and one of the
     * first form does not begin with {@code --}.
     *
     * @throws IllegalArgumentException where they cannot be; the message is one line for people
     */
    static CommandLine parse(String... arguments) {
        Map<String, String> settings = new HashMap<>();
        boolean help = false;
        boolean version = false;
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
            String name = equals < 0 ? argument : argument.substring(0, equals);
            switch (name) {
                case "-h", "--help", "-V", "--version" -> {
                    if (equals >= 0) {
                        throw new IllegalArgumentException("option '" + name + "' takes no value");
                    }
                    help |= name.endsWith("h") || name.endsWith("help");
                    version |= name.endsWith("V") || name.endsWith("version");
                }
                case "--aggregator", "--machine", "--interval" -> {
                    String value;
                    if (equals >= 0) {
                        value = argument.substring(equals + 1);
                    } else {
                        i++;
                        value = i < arguments.length && !arguments[i].startsWith("--") ? arguments[i] : "";
                    }
                    if (value.isBlank()) {
                        throw new IllegalArgumentException("Missing required parameter for option '" + name + "'");
                    }
                    if (settings.put(variable(name), value) != null) {
                        throw new IllegalArgumentException("option '" + name + "' should be specified only once");
                    }
                }
                default ->
                    throw new IllegalArgumentException(
                            (argument.startsWith("-") ? "Unknown option: '" : "Unmatched argument: '")
                                    + AgentConfig.printable(argument) + "'");
            }
        }
        return new CommandLine(help, version, settings);
    }

    private static String variable(String option) {
        return switch (option) {
            case "--aggregator" -> AgentConfig.AGGREGATOR[0];
            case "--machine" -> AgentConfig.MACHINE[0];
            default -> AgentConfig.INTERVAL;
        };
    }

    /** The settings that hold: options win. */
    Map<String, String> over(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(settings);
        return all;
    }
}
