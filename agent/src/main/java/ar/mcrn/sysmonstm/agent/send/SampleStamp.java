package ar.mcrn.sysmonstm.agent.send;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;

/** Finds the stamp in an encoded sample without building it. */
public final class SampleStamp {
    private static final int END_MILLIS_TAG = 2 << 3;
    private static final int PRESENT_TAG = 4 << 3;

    private SampleStamp() {}

    /** Unix milliseconds; 0 where it has none. Fields are written in order: it is the second. */
    public static long of(byte[] sample) {
        CodedInputStream in = CodedInputStream.newInstance(sample);
        try {
            for (int tag = in.readTag(); tag != 0 && tag <= PRESENT_TAG; tag = in.readTag()) {
                if (tag == END_MILLIS_TAG) {
                    return in.readUInt64();
                }
                if (!in.skipField(tag)) {
                    return 0;
                }
            }
            return 0;
        } catch (IOException ignored) {
            // Not a sample: whoever sends it finds out.
            return 0;
        }
    }
}
