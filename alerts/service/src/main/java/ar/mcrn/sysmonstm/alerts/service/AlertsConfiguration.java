package ar.mcrn.sysmonstm.alerts.service;

import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceConfiguration;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Configuration of the alerts service as a process of its own, beside what every service has ({@link ServiceConfiguration}).
 *
 * <pre>
 * key         environment         default  unit, limits        effect
 * webhookUrl  ALERT_WEBHOOK_URL   none     http or https URL   where notifications are posted; a secret
 * </pre>
 */
public final class AlertsConfiguration extends ServiceConfiguration {
    @JsonProperty
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
