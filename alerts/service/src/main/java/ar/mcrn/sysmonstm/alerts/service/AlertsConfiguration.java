package ar.mcrn.sysmonstm.alerts.service;

import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Setting;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceConfiguration;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Configuration of the alerts service as a process of its own, beside what every service has ({@link ServiceConfiguration}).
 * Each key has its {@link Setting}; {@code alerts.yaml} names variables and defaults.
 */
public final class AlertsConfiguration extends ServiceConfiguration {
    @JsonProperty
    @Setting(
            value = "where [notifications](../../alerts/README.md#webhook) are posted; a secret",
            allowed = "`http://`, `https://`",
            absent = "the log alone")
    private Secret webhookUrl;

    /**
     * What the assembly takes.
     *
     * @throws ConfigurationProblem in one line where the webhook's address cannot be used
     */
    public AlertsSettings settings() {
        return AlertsSettings.of((webhookUrl == null ? Secret.NONE : webhookUrl).reveal());
    }
}
