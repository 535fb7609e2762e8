package ar.mcrn.sysmonstm.loadgen;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AxisTest {
    @Test
    void aPlainAxisGoesFromZeroInRoundSteps() {
        Axis axis = Axis.fromZero(390);
        assertThat(axis.marks().values()).containsExactly("0", "100", "200", "300", "400");
        assertThat(axis.share(0)).isZero();
        assertThat(axis.share(400)).isEqualTo(1);
        assertThat(Axis.fromZero(0).marks()).hasSizeBetween(2, 6);
        assertThat(Axis.fromZero(0.6).marks().values()).containsExactly("0", "0.2", "0.4", "0.6");
    }

    @Test
    void aLogarithmicAxisHasPowersOfTen() {
        Axis axis = Axis.logarithmic(15, 1_250);
        assertThat(axis.marks().values()).containsExactly("10", "100", "1,000", "10,000");
        assertThat(axis.share(0)).isZero();
        assertThat(axis.share(100)).isBetween(0.333, 0.334);
        assertThat(Axis.logarithmic(1, 1).marks().values()).containsExactly("1", "10");
        assertThat(Axis.logarithmic(0.02, 0.5).marks().values()).containsExactly("0.01", "0.1", "1");
    }
}
