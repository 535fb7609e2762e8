package ar.mcrn.sysmonstm.alerts.service;

import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the alerts service.
 *
 * <pre>
 * component       default   effect
 * webhook         none      address that notifications are posted to (ALERT_WEBHOOK_URL); http or https
 * webhookTimeout  5 s       time for one attempt
 * firstRetry      1 s       first pause after a failed attempt; doubles up to longestRetry, with jitter
 * longestRetry    2 min     longest pause
 * giveUpAfter     2 h       time after the first attempt at which a notification is given up
 * lookInterval    1 s       how often connections and unsent notifications are looked at
 * </pre>
 */
public record AlertsSettings(
        Optional<URI> webhook,
        Duration webhookTimeout,
        Duration firstRetry,
        Duration longestRetry,
        Duration giveUpAfter,
        Duration lookInterval) {

    /**
     * The usual times.
     *
     * @param webhookUrl as configured; empty for no webhook
     * @throws ConfigurationProblem in one line; the address itself is not shown, since it may hold a secret
     */
    public static AlertsSettings of(String webhookUrl) {
        return new AlertsSettings(
                webhook(webhookUrl.strip()),
                Duration.ofSeconds(5),
                RetryPlan.USUAL.first(),
                RetryPlan.USUAL.longest(),
                RetryPlan.USUAL.whole(),
                Duration.ofSeconds(1));
    }

    private static Optional<URI> webhook(String url) {
        if (url.isEmpty()) {
            return Optional.empty();
        }
        URI address;
        try {
            address = new URI(url);
        } catch (URISyntaxException e) {
            throw fault("is no URL: " + e.getReason() + " at " + e.getIndex());
        }
        String scheme = address.getScheme();
        if (scheme == null || !(scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"))) {
            throw fault("scheme=" + (scheme == null ? "" : scheme) + ", allowed: http or https");
        }
        if (address.getHost() == null || address.getPort() > 65_535 || address.getPort() == 0) {
            throw fault("has no host, or a port outside 1 to 65535");
        }
        if (address.getUserInfo() != null) {
            throw fault("holds user and password, allowed: none (put the key into path or query)");
        }
        return Optional.of(address);
    }

    private static ConfigurationProblem fault(String what) {
        return new ConfigurationProblem("ALERT_WEBHOOK_URL: " + what);
    }

    RetryPlan retryPlan() {
        return new RetryPlan(firstRetry, longestRetry, giveUpAfter);
    }
}
