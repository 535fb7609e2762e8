package ar.mcrn.sysmonstm.loadgen;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;

/**
 * Reads from delta frames when the samples in them were taken. Viewers with an equal subscription get frames that differ in
 * their sequence alone, so that what was read last serves for the next that is equal behind it. For any threads.
 */
final class DeltaStamps {

    private static final JsonFactory JSON = new JsonFactory();
    private static final String HEAD = "{\"type\":\"delta\",\"sequence\":";
    private static final long[] NONE = {};

    private final String prefix;
    private volatile Delta last = new Delta("", NONE);

    private record Delta(String body, long[] stamps) {}

    /** @param prefix of the machines that count */
    DeltaStamps(String prefix) {
        this.prefix = prefix;
    }

    /**
     * Stamps of the samples of our machines, Unix milliseconds; none where the frame is no delta. Not to be changed.
     *
     * @throws IOException where the frame is no JSON object
     */
    long[] read(String frame) throws IOException {
        if (!frame.startsWith(HEAD)) {
            return NONE;
        }
        String body = frame.substring(frame.indexOf(',', HEAD.length()) + 1);
        Delta known = last;
        if (!known.body.equals(body)) {
            known = new Delta(body, parse(frame));
            last = known;
        }
        return known.stamps;
    }

    private long[] parse(String frame) throws IOException {
        long[] stamps = NONE;
        try (JsonParser parser = JSON.createParser(frame)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean machines = parser.currentName().equals("machines");
                parser.nextToken();
                if (machines) {
                    stamps = machines(parser);
                } else {
                    parser.skipChildren();
                }
            }
        }
        return stamps;
    }

    private long[] machines(JsonParser parser) throws IOException {
        long[] stamps = new long[64];
        int count = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean ours = parser.currentName().startsWith(prefix);
            parser.nextToken();
            if (!ours) {
                parser.skipChildren();
                continue;
            }
            if (count == stamps.length) {
                stamps = Arrays.copyOf(stamps, 2 * count);
            }
            stamps[count] = stamp(parser);
            count += stamps[count] < 0 ? 0 : 1;
        }
        return Arrays.copyOf(stamps, count);
    }

    /** A machine that fell silent is told with the stamp of a sample that was seen long ago: that is no sample's, −1. */
    private static long stamp(JsonParser parser) throws IOException {
        long time = -1;
        boolean sample = true;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            if (field.equals("time")) {
                time = parser.getLongValue();
            } else if (field.equals("state")) {
                sample = parser.getText().equals("up");
            } else {
                parser.skipChildren();
            }
        }
        return sample ? time : -1;
    }
}
