package ar.mcrn.sysmonstm.ops.runtime.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ar.mcrn.sysmonstm.ops.runtime.database.DatabaseUrl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTypesTest {
    @ParameterizedTest
    @CsvSource({"5, 5000", "500ms, 500", "1.5m, 90000", "2h, 7200000", "1d, 86400000", "0.25, 250", "0s, 0"})
    void readsDurationsWithAndWithoutUnit(String text, long millis) {
        assertThat(DurationText.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "5 weeks", "1e3", "five", "99999999999s"})
    void namesADurationThatIsNone(String text) {
        assertThatThrownBy(() -> DurationText.parse(text)).hasMessageContaining("'" + text + "' is not a duration");
    }

    @Test
    void takesAVariableOrTheFirstLineOfItsFile(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("secret"), "from-file\nmore\n");
        EnvironmentVariables variables = new EnvironmentVariables(
                Map.of("A", "a", "B_FILE", file.toString(), "C", "", "D_FILE", "/none/such", "E", "x\": [y"));
        assertThat(variables.substitutor().replace("k: ${A:-d}, ${B:-d}, ${C:-d}, ${Z:-d}"))
                .isEqualTo("k: \"a\", \"from-file\", d, d");
        assertThat(variables.substitutor().replace("${E}")).isEqualTo("\"x\\\": [y\"");
        assertThat(variables.find("B")).contains("from-file");
        assertThatThrownBy(() -> variables.find("D")).hasMessageContaining("D_FILE=/none/such: cannot be read");
    }

    @Test
    void secretsNeverShowAndCompare() {
        Secret secret = new Secret(" token\n");
        assertThat(secret).hasToString("***");
        assertThat(secret.reveal()).isEqualTo("token");
        assertThat(secret.matches("token")).isTrue();
        assertThat(secret.matches(null)).isFalse();
        assertThat(Secret.NONE.isEmpty()).isTrue();
    }

    @Test
    void readsBothFormsOfADatabaseAddressAndNamesOthers() {
        DatabaseUrl url = DatabaseUrl.parse("postgresql://us%40er:p%3Aw@db.example:6432/history?sslmode=require");
        assertThat(url.jdbc()).isEqualTo("jdbc:postgresql://db.example:6432/history?sslmode=require");
        assertThat(url.user()).isEqualTo("us@er");
        assertThat(url.password().reveal()).isEqualTo("p:w");
        assertThat(url.toString()).doesNotContain("p:w").doesNotContain("sslmode");
        assertThat(DatabaseUrl.parse("jdbc:postgresql://h/d?user=u&password=p").toString())
                .isEqualTo("jdbc:postgresql://h/d");
        assertThatThrownBy(() -> DatabaseUrl.parse("jdbc:postgresql://u:hush@h/d"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("jdbc:postgresql://host:port/database")
                .hasMessageNotContaining("hush");
        assertThat(DatabaseUrl.parse("jdbc:postgresql://h/d?options=a@b").jdbc())
                .contains("a@b");
        for (String wrong : new String[] {"mysql://h/d", "postgresql://h", "postgresql:///d", "h:5432"}) {
            assertThatThrownBy(() -> DatabaseUrl.parse(wrong)).as(wrong).hasMessageContaining("is not postgresql://");
        }
    }
}
