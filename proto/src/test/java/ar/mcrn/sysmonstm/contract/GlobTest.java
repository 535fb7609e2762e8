package ar.mcrn.sysmonstm.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class GlobTest {
    @Test
    void matchesWholeTexts() {
        assertThat(new Glob("web-*").matches("web-1")).isTrue();
        assertThat(new Glob("web-*").matches("xweb-1")).isFalse();
        assertThat(new Glob("*-?").matches("a-b-1")).isTrue();
        assertThat(new Glob("*-?").matches("a-b-")).isFalse();
        assertThat(new Glob("?").matches("\uD83D\uDE00")).isTrue();
        assertThat(new Glob("*??").matches("\uD83D\uDE00")).isFalse();
        assertThat(new Glob("").matches("")).isTrue();
        assertThat(new Glob("**").matches("")).isTrue();
        assertThat(new Glob("a.c").matches("abc")).isFalse();
        assertThat(new Glob("a.b(c)+[d]*").matches("a.b(c)+[d]\nx")).isTrue();
        assertThat(new Glob("*ab*ab").matches("abababab")).isTrue();
    }

    @Test
    void comesBackFromGlobsThatKillRegularExpressions() {
        Glob glob = new Glob("*a".repeat(100) + "b");
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThat(glob.matches("a".repeat(128))).isFalse());
    }
}
