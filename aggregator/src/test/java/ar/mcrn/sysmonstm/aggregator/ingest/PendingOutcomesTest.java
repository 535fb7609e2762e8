package ar.mcrn.sysmonstm.aggregator.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.aggregator.ingest.PendingOutcomes.When;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.AggregatorMessage.MessageCase;
import ar.mcrn.sysmonstm.v1.Clock;
import ar.mcrn.sysmonstm.v1.Range;
import ar.mcrn.sysmonstm.v1.RejectReason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When which outcome is told, on a clock of the test's. */
class PendingOutcomesTest {
    private static final long RUN = 7;
    private static final Clock CLOCK =
            Clock.newBuilder().setAggregatorSentMicros(1).build();

    private long nowMillis = 1_000_000;
    private final PendingOutcomes outcomes = new PendingOutcomes(() -> nowMillis * 1_000_000);

    private List<AggregatorMessage> flush(When when) {
        List<AggregatorMessage> told = new ArrayList<>();
        outcomes.flush(nowMillis * 1_000_000, when, CLOCK, told::add);
        return told;
    }

    private List<AggregatorMessage> sweep() {
        return flush(When.SWEEP);
    }

    private void commit(long first, long last) {
        for (long i = first; i <= last; i++) {
            outcomes.taken();
            outcomes.committed(RUN, i);
        }
    }

    private void defer(long first, long last) {
        for (long i = first; i <= last; i++) {
            outcomes.taken();
            outcomes.deferred(RUN, i);
        }
    }

    private static Range range(long first, long last) {
        return Range.newBuilder().setRun(RUN).setFirst(first).setLast(last).build();
    }

    /** Past the first acknowledgement, which waits for nothing. */
    private void acknowledgedBefore() {
        commit(1, 1);
        assertThat(sweep()).hasSize(1);
    }

    @Test
    void firstAcknowledgementGoesAtOnce() {
        commit(1, 3);
        List<AggregatorMessage> told = sweep();
        assertThat(told).hasSize(1);
        assertThat(told.getFirst().getAck().getSamplesList()).containsExactly(range(1, 3));
        assertThat(told.getFirst().getAck().getClock()).isEqualTo(CLOCK);
        assertThat(outcomes.inFlight()).isZero();
    }

    @Test
    void laterOnesWaitForFiveSecondsOrFourWithAMessage() {
        acknowledgedBefore();
        commit(2, 2);
        nowMillis += 3_999;
        commit(3, 3);
        assertThat(flush(When.MESSAGE)).isEmpty();
        nowMillis += 1;
        assertThat(sweep()).isEmpty();
        assertThat(flush(When.MESSAGE).getFirst().getAck().getSamplesList()).containsExactly(range(2, 3));
        commit(4, 4);
        nowMillis += 4_999;
        assertThat(sweep()).isEmpty();
        nowMillis += 1;
        assertThat(sweep().getFirst().getAck().getSamplesList()).containsExactly(range(4, 4));
    }

    @Test
    void sixtyFourSamplesDoNotWait() {
        acknowledgedBefore();
        commit(2, 64);
        assertThat(sweep()).isEmpty();
        commit(65, 65);
        assertThat(sweep().getFirst().getAck().getSamplesList()).containsExactly(range(2, 65));
    }

    @Test
    void mergesRangesAndKeepsRunsAndEventsApart() {
        commit(5, 6);
        commit(1, 2);
        commit(3, 4);
        outcomes.taken();
        outcomes.committed(8, 7);
        outcomes.taken();
        outcomes.eventCommitted(RUN, 7);
        AggregatorMessage told = sweep().getFirst();
        assertThat(told.getAck().getSamplesList())
                .containsExactlyInAnyOrder(
                        range(1, 6),
                        Range.newBuilder().setRun(8).setFirst(7).setLast(7).build());
        assertThat(told.getAck().getEventsList()).containsExactly(range(7, 7));
    }

    @Test
    void defersWithinOneSecondThenEveryFiveEachSampleOnceAndAtResumption() {
        defer(1, 1);
        nowMillis += 999;
        defer(2, 4);
        assertThat(sweep()).isEmpty();
        nowMillis += 1;
        assertThat(sweep().getFirst().getDefer().getSamplesList()).containsExactly(range(1, 4));
        defer(5, 9);
        nowMillis += 4_999;
        assertThat(sweep()).isEmpty();
        nowMillis += 1;
        assertThat(sweep().getFirst().getDefer().getSamplesList()).containsExactly(range(5, 9));
        nowMillis += 60_000;
        assertThat(sweep()).as("nothing more was deferred").isEmpty();

        defer(10, 10);
        outcomes.resumed();
        AggregatorMessage resumed = sweep().getFirst();
        assertThat(resumed.getDefer().getSamplesList()).containsExactly(range(10, 10));
        assertThat(resumed.getDefer().getResumed()).isTrue();
        // The next outage begins with its first second again.
        defer(11, 11);
        nowMillis += 1_000;
        assertThat(sweep().getFirst().getDefer().getResumed()).isFalse();
    }

    @Test
    void resumptionIsToldAlsoWhereAllWasToldBefore() {
        defer(1, 1);
        nowMillis += 1_000;
        sweep();
        outcomes.resumed();
        assertThat(sweep().getFirst().getDefer().getResumed()).isTrue();
        outcomes.resumed();
        assertThat(sweep()).as("once").isEmpty();
    }

    @Test
    void whoeverWasNotDeferredHearsOfNoResumption() {
        outcomes.resumed();
        assertThat(sweep()).isEmpty();
    }

    @Test
    void rejectsAndCreditGoAtOnceAndTogether() {
        acknowledgedBefore();
        for (long i = 2; i <= 4; i++) {
            outcomes.taken();
            outcomes.rejected(RejectReason.REJECT_REASON_TOO_OLD, RUN, i, "end_millis=1");
        }
        outcomes.taken();
        outcomes.rejected(RejectReason.REJECT_REASON_DATABASE, RUN, 5, "x".repeat(1_000));
        outcomes.taken();
        outcomes.eventRejected(RejectReason.REJECT_REASON_DATABASE, RUN, 6, "x".repeat(1_000));
        outcomes.credit(10);
        outcomes.credit(5);
        List<AggregatorMessage> told = sweep();
        assertThat(told)
                .extracting(AggregatorMessage::getMessageCase)
                .containsExactly(MessageCase.REJECT, MessageCase.REJECT, MessageCase.CREDIT);
        assertThat(told.get(0).getReject().getSamplesList()).containsExactly(range(2, 4));
        assertThat(told.get(1).getReject().getEventsList()).containsExactly(range(6, 6));
        assertThat(told.get(1).getReject().getDetail().length()).isLessThanOrEqualTo(85);
        assertThat(told.get(2).getCredit().getSamples()).isEqualTo(15);
        assertThat(outcomes.isDue(Long.MAX_VALUE, When.LAST)).isFalse();
    }

    @Test
    void saysWhetherTheClockWentAlongAndWhetherStampsWereWrong() {
        outcomes.taken();
        outcomes.rejected(RejectReason.REJECT_REASON_TOO_OLD, RUN, 1, "");
        assertThat(outcomes.flush(0, When.SWEEP, CLOCK, message -> {}))
                .isEqualTo(new PendingOutcomes.Told(0, 0, false, true));
        outcomes.taken();
        outcomes.rejected(RejectReason.REJECT_REASON_DATABASE, RUN, 2, "");
        assertThat(outcomes.flush(0, When.SWEEP, CLOCK, message -> {}))
                .isEqualTo(new PendingOutcomes.Told(0, 0, false, false));
        outcomes.credit(3);
        assertThat(outcomes.flush(0, When.SWEEP, CLOCK, message -> {}))
                .isEqualTo(new PendingOutcomes.Told(3, 0, true, false));
    }

    @Test
    void saysHowManyWereDeferred() {
        defer(1, 4);
        nowMillis += 1_000;
        assertThat(outcomes.flush(nowMillis * 1_000_000, When.SWEEP, CLOCK, message -> {}))
                .isEqualTo(new PendingOutcomes.Told(0, 4, true, false));
    }

    @Test
    void creditNotToldYetLapses() {
        outcomes.credit(5);
        outcomes.lapseCredit();
        assertThat(sweep()).isEmpty();
    }

    @Test
    void allGoesAtTheEnd() {
        acknowledgedBefore();
        commit(2, 2);
        defer(3, 3);
        assertThat(flush(When.LAST))
                .extracting(AggregatorMessage::getMessageCase)
                .containsExactly(MessageCase.ACK, MessageCase.DEFER);
    }

    @Test
    void keepsNothingAfterTheEndButCountsOn() {
        outcomes.taken();
        outcomes.taken();
        outcomes.close();
        outcomes.committed(RUN, 1);
        outcomes.deferred(RUN, 2);
        outcomes.credit(9);
        outcomes.resumed();
        assertThat(outcomes.isDue(Long.MAX_VALUE, When.LAST)).isFalse();
        assertThat(flush(When.LAST)).isEmpty();
        assertThat(outcomes.inFlight()).isZero();
    }

    @Test
    void saysWhenTooMuchWaitsToBeTold() {
        for (long i = 0; i < PendingOutcomes.MANY_RANGES; i++) {
            commit(2 * i + 1, 2 * i + 1);
        }
        assertThat(outcomes.isCrowded()).isFalse();
        commit(9_999, 9_999);
        assertThat(outcomes.isCrowded()).isTrue();
        sweep();
        assertThat(outcomes.isCrowded()).isFalse();
    }
}
