package ar.mcrn.sysmonstm.ops.runtime.service;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/**
 * Command line of every listening service; each option given wins over environment and file. {@code --config} and {@code
 * --help} are added by {@link ServiceMain}.
 */
public final class ServiceOptions {
    static final String HTTP = "--http";
    static final String HTTP_KEY = "httpPort";
    static final String GRPC = "--grpc";
    static final String GRPC_KEY = "grpcPort";

    Path config;

    @Option(names = "--bind", paramLabel = "ADDRESS", description = "address to listen on (default 127.0.0.1)")
    String bind;

    @Option(names = "--insecure", description = "allow a bind beyond loopback without TLS")
    boolean insecure;

    @Option(names = HTTP, paramLabel = "PORT", description = "HTTP port; 0 = any free one")
    Integer http;

    @Option(names = "--admin", paramLabel = "PORT", description = "admin port; 0 = any free one")
    Integer admin;

    @Option(names = GRPC, paramLabel = "PORT", description = "gRPC port; 0 = any free one")
    Integer grpc;

    /** For picocli. */
    public ServiceOptions() {}

    /**
     * An option that was given.
     *
     * @param name as it is written
     * @param value of the key it stands for
     */
    record Given(String name, Object value) {}

    /** Options that were given, by the key of the configuration that each stands for. */
    Map<String, Given> given() {
        Map<String, Given> given = new LinkedHashMap<>();
        put(given, "bind", "--bind", bind);
        put(given, "insecure", "--insecure", insecure ? Boolean.TRUE : null);
        put(given, HTTP_KEY, HTTP, http);
        put(given, "adminPort", "--admin", admin);
        put(given, GRPC_KEY, GRPC, grpc);
        return given;
    }

    private static void put(Map<String, Given> given, String key, String name, Object value) {
        if (value != null) {
            given.put(key, new Given(name, value));
        }
    }

    /** The same without the gRPC port, for a configuration in this process that opens none. */
    public ServiceOptions withoutGrpc() {
        ServiceOptions others = new ServiceOptions();
        others.config = config;
        others.bind = bind;
        others.insecure = insecure;
        others.http = http;
        others.admin = admin;
        return others;
    }
}
