package ar.mcrn.sysmonstm.loadgen;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SpoolNumbersTest {

    @Test
    void oldestOfMoreThan32UnsentBecomesBackfill() {
        SpoolNumbers spool = new SpoolNumbers(600);
        for (int i = 0; i < 40; i++) {
            spool.issue();
        }
        assertThat(spool.unsentLive()).isEqualTo(32);
        assertThat(spool.backlogSize()).isEqualTo(8);
        assertThat(spool.sendBackfill()).isEqualTo(1);
        assertThat(spool.sendLive()).isEqualTo(9);
    }

    @Test
    void dropsTheOldestBeyondItsBound() {
        SpoolNumbers spool = new SpoolNumbers(600);
        for (int i = 0; i < 600; i++) {
            spool.issue();
            assertThat(spool.dropOldest()).isZero();
        }
        spool.issue();
        assertThat(spool.dropOldest()).isEqualTo(1);
        assertThat(spool.pending()).isEqualTo(600);
    }

    @Test
    void everythingInFlightComesAgainAfterTheEndOfAStream() {
        SpoolNumbers spool = new SpoolNumbers(600);
        spool.issue();
        spool.issue();
        spool.sendLive();
        spool.sendLive();
        assertThat(spool.acknowledge(1)).isTrue();
        assertThat(spool.acknowledge(1)).isFalse();
        spool.streamEnded();
        assertThat(spool.backlogSize()).isEqualTo(1);
        assertThat(spool.sendBackfill()).isEqualTo(2);
        assertThat(spool.wentAsBackfill(2)).isTrue();
        assertThat(spool.acknowledged().cardinality()).isEqualTo(1);
    }

    @Test
    void copyAcknowledgedWhileItWaitsIsNotSentAgain() {
        SpoolNumbers spool = new SpoolNumbers(600);
        spool.issue();
        spool.sendLive();
        assertThat(spool.defer(1)).isTrue();
        assertThat(spool.defer(1)).isFalse();
        assertThat(spool.acknowledge(1)).isTrue();
        assertThat(spool.backlogSize()).isZero();
        assertThat(spool.pending()).isZero();
    }
}
