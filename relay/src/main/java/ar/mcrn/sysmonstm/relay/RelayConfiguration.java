package ar.mcrn.sysmonstm.relay;

import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Setting;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceConfiguration;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * Configuration of the relay as a process. Each key has its {@link Setting}; {@code relay.yaml} names variables and defaults.
 *
 * The keys that every service has are {@link ServiceConfiguration}'s; Redis and database are not used.
 */
final class RelayConfiguration extends ServiceConfiguration {
    @JsonProperty
    @JsonSetter(nulls = Nulls.SKIP) // an empty value in YAML
    @Setting(
            value = "token that the api must show; needed for a bind beyond loopback",
            absent = "only this machine may feed")
    private Secret token = Secret.NONE;

    @Min(1)
    @Max(100_000)
    @JsonProperty
    @Setting("viewers at once; then 503")
    private int maxSockets = 10_000;

    @Min(0)
    @Max(100_000)
    @JsonProperty
    @Setting("viewers of one address, loopback excepted; 0 = no limit; then 429")
    private int maxSocketsPerIp = 20;

    @Min(1)
    @Max(100_000)
    @JsonProperty
    @Setting("machines mirrored; the rest is left out and counted")
    private int maxMachines = 10_000;

    @Min(1 << 20)
    @Max(4L << 30)
    @JsonProperty
    @Setting("bytes of names and values mirrored, about")
    private long maxBytes = 64L << 20;

    /** @throws ConfigurationProblem when the bind is public and there is no token */
    RelaySettings settings() {
        RelaySettings settings = new RelaySettings(token, maxSockets, maxSocketsPerIp, maxMachines, maxBytes);
        settings.checkBind(bind());
        return settings;
    }
}
