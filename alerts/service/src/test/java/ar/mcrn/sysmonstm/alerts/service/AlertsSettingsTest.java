package ar.mcrn.sysmonstm.alerts.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlertsSettingsTest {
    @Test
    void noAddressIsNoWebhook() {
        assertThat(AlertsSettings.of(" ").webhook()).isEmpty();
        assertThat(AlertsSettings.of("https://hooks.example/x?y=z").webhook()).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "ftp://h/secret, scheme=ftp",
        "hooks.example/secret, scheme=",
        "http:///secret, has no host",
        "http://h:0/secret, a port outside",
        "http://u:secret@h/, holds user and password",
        "http://h/ secret, is no URL"
    })
    void eachFaultIsOneLineWithoutTheAddress(String url, String fault) {
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(() -> AlertsSettings.of(url))
                .satisfies(e -> assertThat(e.getMessage())
                        .startsWith("ALERT_WEBHOOK_URL: ")
                        .contains(fault)
                        .doesNotContain("secret")
                        .doesNotContain("\n"));
    }
}
