package ar.mcrn.sysmonstm.ops.runtime.service;

import ar.mcrn.sysmonstm.ops.runtime.configuration.Setting;
import ar.mcrn.sysmonstm.ops.runtime.database.DatabaseUrl;
import ar.mcrn.sysmonstm.ops.runtime.redis.RedisSettings;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.logging.common.LoggingFactory;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.List;

/**
 * What every service's configuration holds, each key with its {@link Setting}. Unknown keys are errors. A service's YAML names
 * the keys that it has, their variables and defaults.
 */
@JsonIgnoreProperties({"admin", "health", "logging", "metrics", "server"})
public abstract class ServiceConfiguration extends Configuration {
    @NotNull
    @JsonProperty
    @Setting(
            value = "where its ports listen; beyond loopback only with `--insecure`",
            allowed = "an address of this machine")
    private String bind = "127.0.0.1";

    @JsonProperty
    @Setting(value = "allows a bind beyond loopback without TLS", allowed = "`true`, `false`")
    private boolean insecure;

    @Min(0)
    @Max(65_535)
    @JsonProperty
    @Setting("HTTP and WebSocket; 0 = a free one, printed")
    private Integer httpPort;

    @Min(0)
    @Max(65_535)
    @JsonProperty
    @Setting("`/metrics`, `/histograms`, `/ready`, `/health`; 0 = a free one, printed")
    private int adminPort;

    @NotNull
    @JsonProperty
    @Setting(value = "hot state and bus", allowed = "`redis://`, `rediss://`")
    private RedisSettings redis = RedisSettings.parse("redis://127.0.0.1:6379");

    @NotNull
    @JsonProperty
    @Setting(value = "history and alerts", allowed = "`postgresql://user:password@host:port/db`, `jdbc:postgresql:...`")
    private DatabaseUrl database = DatabaseUrl.parse("postgresql://sysmonstm@127.0.0.1:5432/sysmonstm");

    @Min(1)
    @Max(100)
    @JsonProperty
    @Setting("most connections to the database at one time")
    private int databaseConnections = 8;

    @NotNull(message = "must be TRACE, DEBUG, INFO, WARN, ERROR or OFF")
    @Pattern(regexp = "(?i)TRACE|DEBUG|INFO|WARN|ERROR|OFF", message = "must be TRACE, DEBUG, INFO, WARN, ERROR or OFF")
    @JsonProperty
    @Setting(
            value = "of our own loggers; libraries log at WARN, connection pools less",
            allowed = "`TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR`, `OFF`")
    private String logLevel = "INFO";

    @NotNull(message = "must be text or json")
    @Pattern(regexp = "(?i)text|json", message = "must be text or json")
    @JsonProperty
    @Setting(value = "one line an event, to standard error", allowed = "`text`, `json`")
    private String logFormat = "text";

    /** Address that all ports listen on. */
    public String bind() {
        return bind;
    }

    /** Whether a bind beyond loopback without TLS is wanted. */
    public boolean insecure() {
        return insecure;
    }

    /** Application port; 0 = any free one, -1 = none. */
    public int httpPort() {
        return httpPort == null ? -1 : httpPort;
    }

    /** Admin port; 0 = any free one. */
    public int adminPort() {
        return adminPort;
    }

    /** Where Redis is. */
    public RedisSettings redis() {
        return redis;
    }

    /** Where the database is. */
    public DatabaseUrl database() {
        return database;
    }

    /** Most connections to the database at one time. */
    public int databaseConnections() {
        return databaseConnections;
    }

    /** Where a service's Jersey resources are mounted; its WebSockets and static files lie beside them. */
    protected String resourcesPath() {
        return "/api/*";
    }

    @Override
    @JsonIgnore
    public ServerFactory getServerFactory() {
        DefaultServerFactory factory = new DefaultServerFactory();
        factory.setApplicationConnectors(httpPort == null ? List.of() : List.of(connector(httpPort)));
        factory.setAdminConnectors(List.of(connector(adminPort)));
        factory.setJerseyRootPath(resourcesPath());
        factory.setEnableVirtualThreads(true);
        factory.setEnableAdminVirtualThreads(true);
        factory.setRegisterDefaultExceptionMappers(false);
        factory.setShutdownGracePeriod(Duration.seconds(2));
        factory.setRequestLogFactory(new NoRequestLog());
        return factory;
    }

    @Override
    @JsonIgnore
    public void setServerFactory(ServerFactory factory) {
        throw new UnsupportedOperationException("the server is made from bind, httpPort and adminPort");
    }

    @Override
    @JsonIgnore
    public synchronized LoggingFactory getLoggingFactory() {
        return StandardErrorLogging.factory(logLevel, "json".equalsIgnoreCase(logFormat));
    }

    private HttpConnectorFactory connector(int port) {
        HttpConnectorFactory connector = new HttpConnectorFactory();
        connector.setBindHost(bind);
        connector.setPort(port);
        connector.setMaxRequestHeaderSize(DataSize.kibibytes(8));
        connector.setIdleTimeout(Duration.seconds(30));
        connector.setUseServerHeader(false);
        connector.setUseDateHeader(true);
        return connector;
    }
}
