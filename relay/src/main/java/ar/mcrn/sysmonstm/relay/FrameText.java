package ar.mcrn.sysmonstm.relay;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** JSON text that grows; reused by the hub's thread. */
final class FrameText {

    private final StringBuilder text = new StringBuilder(4_096);

    FrameText clear() {
        text.setLength(0);
        return this;
    }

    FrameText raw(String json) {
        text.append(json);
        return this;
    }

    /** A comma, unless a brace or bracket was just opened. */
    FrameText comma() {
        char last = text.charAt(text.length() - 1);
        if (last != '{' && last != '[') {
            text.append(',');
        }
        return this;
    }

    FrameText string(String value) {
        text.append('"');
        JsonStringEncoder.getInstance().quoteAsString(value, text);
        text.append('"');
        return this;
    }

    /** To a basis point below 10, whole above; null where it is no number. */
    FrameText number(float value) {
        if (Float.isNaN(value) || Float.isInfinite(value)) {
            text.append("null");
        } else if (Math.abs(value) >= 10) {
            text.append(Math.round((double) value));
        } else {
            text.append(String.format(Locale.ROOT, "%.4f", value));
        }
        return this;
    }

    byte[] utf8() {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
