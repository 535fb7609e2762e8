package ar.mcrn.sysmonstm.agent.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ar.mcrn.sysmonstm.agent.send.SequenceRange;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class RecordBufferTest {
    /** By hand from the layout, checksum by another implementation of CRC-32C. */
    private static final String CORRECTION = "9a18ba0ea7d30800000000080000000000000102";

    private static final String SETTLED = "30873e9ba7d305000000001800000000000000070000000000000001000000000000012c";

    @Test
    void holdsTheSameHoweverSmallItBegan() {
        assertThat(filled(1)).isEqualTo(filled(1 << 20)).startsWith(CORRECTION + SETTLED);
    }

    private static String filled(int capacity) {
        RecordBuffer records = new RecordBuffer(capacity);
        SegmentFormat.putNumber(records, SegmentFormat.CORRECTION, 0x102);
        SegmentFormat.putRange(records, SegmentFormat.SETTLED, new SequenceRange(7, 1, 300));
        SegmentFormat.put(records, SegmentFormat.EVENT, new byte[70_000]);
        SegmentFormat.putHead(
                records,
                new SegmentFormat.Head(
                        1, 2, true, 3, 4, Collections.nCopies(4_096, new SegmentFormat.Kept(5, 6, 7, 8))));
        int length = records.length();
        ByteBuffer bytes = records.filled();
        assertThat(bytes.remaining()).isEqualTo(length);
        byte[] all = new byte[length];
        bytes.get(all);
        return HexFormat.of().formatHex(all);
    }

    @Test
    void isEmptyAgain() {
        RecordBuffer records = new RecordBuffer(16);
        SegmentFormat.put(records, SegmentFormat.EVENT, new byte[100]);
        records.clear();
        assertThat(records.length()).isZero();
        SegmentFormat.putNumber(records, SegmentFormat.CORRECTION, 0x102);
        assertThat(records.filled().remaining()).isEqualTo(SegmentFormat.RECORD_HEADER + Long.BYTES);
    }

    @Test
    void whatNoReaderBelievesIsNotPut() {
        RecordBuffer records = new RecordBuffer(16);
        byte[] payload = new byte[SegmentFormat.MAX_PAYLOAD + 1];
        assertThatThrownBy(() -> SegmentFormat.put(records, SegmentFormat.EVENT, payload))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("139265");
        assertThat(records.length()).isZero();
    }
}
