package ar.mcrn.sysmonstm.loadgen;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SpoolNumbersTest {

    @Test
    void oldestOfMoreThan32UnsentBecomesBackfill() {
        SpoolNumbers spool = new SpoolNumbers(SpoolNumbers.LIVE);
        for (int i = 0; i < 40; i++) {
            spool.issue();
        }
        assertThat(spool.unsentLive()).isEqualTo(32);
        assertThat(spool.backlogSize()).isEqualTo(8);
        assertThat(spool.sendBackfill()).isEqualTo(1);
        assertThat(spool.sendLive()).isEqualTo(9);
    }

    @Test
    void dropsTheOldestWhereverItIs() {
        SpoolNumbers spool = new SpoolNumbers(SpoolNumbers.LIVE);
        assertThat(spool.dropOldest()).isZero();
        for (int i = 0; i < 40; i++) {
            spool.issue();
        }
        spool.sendBackfill();
        spool.sendBackfill();
        spool.acknowledge(1);
        assertThat(spool.dropOldest()).as("in flight").isEqualTo(2);
        assertThat(spool.dropOldest()).as("waiting").isEqualTo(3);
        for (int i = 0; i < 5; i++) {
            spool.dropOldest();
        }
        assertThat(spool.dropOldest()).as("not sent yet").isEqualTo(9);
        assertThat(spool.pending()).isEqualTo(31);
        assertThat(spool.unsentLive()).isEqualTo(31);
    }

    @Test
    void nothingIsLiveAfterTheEndOfARun() {
        SpoolNumbers spool = new SpoolNumbers(SpoolNumbers.LIVE);
        spool.issue();
        spool.issue();
        spool.sendLive();
        spool.runEnded();
        assertThat(spool.unsentLive()).isZero();
        assertThat(spool.backlogSize()).isEqualTo(2);
        assertThat(spool.sendBackfill()).isEqualTo(1);
        assertThat(spool.backfilled().cardinality()).isEqualTo(1);
    }

    @Test
    void everythingInFlightComesAgainAfterTheEndOfAStream() {
        SpoolNumbers spool = new SpoolNumbers(SpoolNumbers.LIVE);
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
        SpoolNumbers spool = new SpoolNumbers(SpoolNumbers.LIVE);
        spool.issue();
        spool.sendLive();
        assertThat(spool.defer(1)).isTrue();
        assertThat(spool.defer(1)).isFalse();
        assertThat(spool.acknowledge(1)).isTrue();
        assertThat(spool.backlogSize()).isZero();
        assertThat(spool.pending()).isZero();
    }
}
