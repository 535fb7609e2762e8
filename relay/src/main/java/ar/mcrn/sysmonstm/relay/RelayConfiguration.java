package ar.mcrn.sysmonstm.relay;

import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceConfiguration;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * Configuration of the relay as a process.
 *
 * <pre>
 * key              environment               default      unit, limits        effect
 * bind             RELAY_BIND                127.0.0.1    address             where both ports listen
 * httpPort         RELAY_HTTP_PORT           8080         0..65535, 0=free    /feed, /ws and the page
 * adminPort        RELAY_ADMIN_PORT          8081         0..65535, 0=free    /metrics /ready /health
 * token            EDGE_TOKEN                none                             proof of the api; needed beyond loopback
 * maxSockets       RELAY_MAX_SOCKETS         10,000       1..100,000          viewers at once
 * maxSocketsPerIp  RELAY_MAX_SOCKETS_PER_IP  20           0..100,000, 0=any   viewers of one address, loopback excepted
 * maxMachines      RELAY_MAX_MACHINES        10,000       1..100,000          machines mirrored
 * maxBytes         RELAY_MAX_BYTES           67,108,864   1 MiB..4 GiB        names and values mirrored, about
 * </pre>
 *
 * The keys that every service has are {@link ServiceConfiguration}'s; Redis and database are not used.
 */
final class RelayConfiguration extends ServiceConfiguration {
    @JsonProperty
    @JsonSetter(nulls = Nulls.SKIP) // an empty value in YAML
    private Secret token = Secret.NONE;

    @Min(1)
    @Max(100_000)
    @JsonProperty
    private int maxSockets = 10_000;

    @Min(0)
    @Max(100_000)
    @JsonProperty
    private int maxSocketsPerIp = 20;

    @Min(1)
    @Max(100_000)
    @JsonProperty
    private int maxMachines = 10_000;

    @Min(1 << 20)
    @Max(4L << 30)
    @JsonProperty
    private long maxBytes = 64L << 20;

    /** @throws ConfigurationProblem when the bind is public and there is no token */
    RelaySettings settings() {
        RelaySettings settings = new RelaySettings(token, maxSockets, maxSocketsPerIp, maxMachines, maxBytes);
        settings.checkBind(bind());
        return settings;
    }
}
