package ar.mcrn.sysmonstm.loadgen;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DigitsTest {
    @Test
    void numbersHaveAsManyDigitsAsSaySomething() {
        assertThat(Digits.of(0.4213)).isEqualTo("0.42");
        assertThat(Digits.of(42.13)).isEqualTo("42.1");
        assertThat(Digits.of(4_213.4)).isEqualTo("4,213");
        assertThat(Digits.of(1_234_567L)).isEqualTo("1,234,567");
        assertThat(Digits.of((Double) null)).isEqualTo("-");
    }

    @Test
    void marksOfAnAxisDifferAndAreRound() {
        assertThat(Digits.roundUp(0.21)).isEqualTo(0.5);
        assertThat(Digits.roundUp(50)).isEqualTo(50);
        assertThat(Digits.roundUp(501)).isEqualTo(1_000);
        assertThat(Digits.mark(0.15, 0.05)).isEqualTo("0.15");
        assertThat(Digits.mark(1_500, 500)).isEqualTo("1,500");
    }
}
