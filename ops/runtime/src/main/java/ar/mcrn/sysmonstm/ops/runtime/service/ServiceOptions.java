package ar.mcrn.sysmonstm.ops.runtime.service;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/**
 * Command line of every listening service; each option given wins over environment and file. {@code --config} and {@code
 * --help} are added by {@link ServiceMain}.
 */
public final class ServiceOptions {
    Path config;

    @Option(names = "--bind", paramLabel = "ADDRESS", description = "address to listen on (default 127.0.0.1)")
    String bind;

    @Option(names = "--insecure", description = "allow a bind beyond loopback without TLS")
    boolean insecure;

    @Option(names = "--http", paramLabel = "PORT", description = "HTTP port; 0 = any free one")
    Integer http;

    @Option(names = "--admin", paramLabel = "PORT", description = "admin port; 0 = any free one")
    Integer admin;

    @Option(names = "--grpc", paramLabel = "PORT", description = "gRPC port; 0 = any free one")
    Integer grpc;

    /** For picocli. */
    public ServiceOptions() {}

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
