package ar.mcrn.sysmonstm.bench.peers;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The systems that can be compared, in their turn. */
enum PeerKind {
    /** Aggregator, Redis and PostgreSQL. */
    SYSMONSTM(""),
    /** Remote write, one request per host and second; storage only. */
    VICTORIA_METRICS("victoria-metrics"),
    /** Remote write, one request per second for all hosts, as a forwarding agent makes it; storage only. */
    VICTORIA_METRICS_BATCHED("victoria-metrics"),
    /** Remote write, one request per host and second. */
    PROMETHEUS("prometheus"),
    /** gRPC, Redis and PostgreSQL from Python. */
    PYTHON("python3-grpcio python3-protobuf python3-redis python3-asyncpg");

    private final String packages;

    PeerKind(String packages) {
        this.packages = packages;
    }

    /** Starts it with its files in a folder. */
    Peer start(Plan plan, Path folder) throws Exception {
        return switch (this) {
            case SYSMONSTM -> new SysmonstmPeer(plan, folder);
            case VICTORIA_METRICS -> RemoteWritePeer.victoriaMetrics(plan, folder);
            case VICTORIA_METRICS_BATCHED -> RemoteWritePeer.victoriaMetricsBatched(plan, folder);
            case PROMETHEUS -> RemoteWritePeer.prometheus(plan, folder);
            case PYTHON -> new PythonPeer(plan, folder);
        };
    }

    /** Name as in options and the table. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Debian packages it needs. */
    List<String> packages() {
        return packages.isEmpty() ? List.of() : List.of(packages.split(" ", -1));
    }

    /** Those of them that are not here. */
    List<String> missing() {
        return packages().stream()
                .filter(each -> Installed.version(each).isEmpty())
                .toList();
    }

    /** @throws IllegalArgumentException naming those there are */
    static PeerKind of(String text) {
        return Arrays.stream(values())
                .filter(kind -> kind.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--only=" + text + ", allowed: "
                        + String.join(
                                ", ",
                                Arrays.stream(values()).map(PeerKind::text).toList())));
    }
}
