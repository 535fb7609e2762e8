package ar.mcrn.sysmonstm.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MachineIdTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "web-1",
                "db_2.example.com:50051",
                "Jürgens Büro-PC",
                "サーバー1",
                "rack 7 (top)",
                "a@b+c",
                "...",
                "हिन्दी"
            })
    void keepsWhatFitsAsItIs(String value) {
        assertThat(new MachineId(value)).hasToString(value);
        assertThat(MachineId.isValid(value)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../etc",
                "a/b",
                "a\u0000b",
                "a\nb",
                "a\u202eb",
                "\ud83d\ude00",
                "a\ud800",
                "<img src=x onerror=alert(1)>",
                "'; drop table machine; --",
                "a{b}",
                "a%2fb",
                " a",
                "a ",
                "a  b",
                "a\u00a0b",
                "a\u200bb",
                "a\\b",
                "a\"b",
                "a=b",
                "a,b",
                "*"
            })
    void refusesTheRest(String value) {
        assertThat(MachineId.isValid(value)).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MachineId(value))
                .satisfies(e -> assertThat(e.getMessage().chars()).allMatch(c -> c >= 0x20 && c < 0x7f));
    }

    @Test
    void countsBytesNotCharacters() {
        assertThat(MachineId.isValid("a".repeat(128))).isTrue();
        assertThat(MachineId.isValid("a".repeat(129))).isFalse();
        assertThat(MachineId.isValid("é".repeat(64))).isTrue();
        assertThat(MachineId.isValid("é".repeat(65))).isFalse();
        assertThat(MachineId.isValid("a".repeat(10_240))).isFalse();
        assertThat(MachineId.isValid(null)).isFalse();
    }
}
