package ar.mcrn.sysmonstm.ops.systemtests.processes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.URI;
import java.net.http.WebSocket;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.HdrHistogram.Histogram;

/**
 * A viewer of the fleet: from the stamp of each sample to the arrival of the frame that shows it or a later one of its machine, by
 * named stretches of time. Samples are due every second, as they are taken: those that never come count from their stamp to
 * whatever came instead, or to the end of the stretch, so that a view that stands still is late all the while (HdrHistogram,
 * coordinated omission). Stamps are of this machine's clock. Any thread.
 */
public final class LiveDelay implements AutoCloseable {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String SUBSCRIBE = "{\"type\":\"subscribe\",\"view\":\"fleet\",\"intervalMillis\":250}";
    private static final long INTERVAL_MILLIS = 1_000;
    private static final long HIGHEST_MILLIS = 3_600_000;

    private final Map<String, Histogram> stretches = new LinkedHashMap<>();
    /** Newest stamp shown of each machine. */
    private final Map<String, Long> shown = new HashMap<>();

    private final String prefix;
    private final WebSocket socket;
    private Histogram current;
    private String now = "";

    /**
     * What was seen in a stretch.
     *
     * @param machines that were shown up to then
     * @param frames samples that were due
     * @param p50Millis half were not later
     * @param p99Millis all but one of a hundred were not later
     * @param maxMillis latest
     */
    public record Delay(int machines, long frames, long p50Millis, long p99Millis, long maxMillis) {
        @Override
        public String toString() {
            return "p50 " + p50Millis + " ms, p99 " + p99Millis + " ms, max " + maxMillis + " ms";
        }
    }

    private LiveDelay(Http http, URI address, String prefix, String stretch) {
        this.prefix = prefix;
        begin(stretch);
        socket = http.client()
                .newWebSocketBuilder()
                .buildAsync(address, new Viewer())
                .join();
        socket.sendText(SUBSCRIBE, true).join();
    }

    /**
     * Connects to {@code /ws} of an HTTP port.
     *
     * @param prefix of the machines that count
     * @param stretch what happens first
     */
    public static LiveDelay watch(Http http, URI port, String prefix, String stretch) {
        return new LiveDelay(http, URI.create("ws://" + port.getAuthority() + "/ws"), prefix, stretch);
    }

    /** From now on it is another stretch. */
    public void begin(String stretch) {
        synchronized (stretches) {
            if (current != null) {
                addDue(current, System.currentTimeMillis());
            }
            now = stretch;
            current = stretches.computeIfAbsent(stretch, name -> new Histogram(HIGHEST_MILLIS, 3));
        }
    }

    /** Samples that are due and not shown are as late as they are now. */
    private void addDue(Histogram into, long now) {
        for (long stamp : shown.values()) {
            record(into, stamp + INTERVAL_MILLIS, now - INTERVAL_MILLIS, now);
        }
    }

    /** Those that were due from one stamp to another are seen now. */
    private static void record(Histogram into, long from, long to, long now) {
        for (long stamp = to; stamp >= from; stamp -= INTERVAL_MILLIS) {
            into.recordValue(Math.clamp(now - stamp, 0, HIGHEST_MILLIS));
        }
    }

    /** What was seen in a stretch so far. */
    public Delay of(String stretch) {
        synchronized (stretches) {
            Histogram seen = stretches.get(stretch).copy();
            if (stretch.equals(now)) {
                addDue(seen, System.currentTimeMillis());
            }
            return new Delay(
                    shown.size(),
                    seen.getTotalCount(),
                    seen.getValueAtPercentile(50),
                    seen.getValueAtPercentile(99),
                    seen.getTotalCount() == 0 ? 0 : seen.getMaxValue());
        }
    }

    private void shown(String machine, long stamp, long now) {
        synchronized (stretches) {
            Long before = shown.put(machine, stamp);
            if (before == null || before < stamp) {
                // Half an interval: stamps of one machine lie whole ones apart.
                long from = before == null ? stamp : before + INTERVAL_MILLIS / 2;
                record(current, from, stamp, now);
            } else {
                shown.put(machine, before);
            }
        }
    }

    @Override
    public void close() {
        socket.abort();
    }

    private final class Viewer implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                read(text.toString(), System.currentTimeMillis());
                text.setLength(0);
            }
            webSocket.request(1);
            return null;
        }

        private void read(String frame, long now) {
            if (!frame.startsWith("\"delta\"", frame.indexOf(':') + 1)) {
                return;
            }
            try (JsonParser parser = JSON.createParser(frame)) {
                parser.nextToken();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    boolean machines = parser.currentName().equals("machines");
                    parser.nextToken();
                    if (machines) {
                        readMachines(parser, now);
                    } else {
                        parser.skipChildren();
                    }
                }
            } catch (IOException e) {
                throw new IllegalStateException("not a frame: " + frame, e);
            }
        }

        private void readMachines(JsonParser parser, long now) throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String machine = parser.currentName();
                boolean counts = machine.startsWith(prefix);
                parser.nextToken();
                while (counts && parser.nextToken() == JsonToken.FIELD_NAME) {
                    boolean time = parser.currentName().equals("time");
                    parser.nextToken();
                    if (time) {
                        shown(machine, parser.getLongValue(), now);
                    } else {
                        parser.skipChildren();
                    }
                }
                if (!counts) {
                    parser.skipChildren();
                }
            }
        }
    }
}
