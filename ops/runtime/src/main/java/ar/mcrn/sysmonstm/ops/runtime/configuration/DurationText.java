package ar.mcrn.sysmonstm.ops.runtime.configuration;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 500ms}, {@code 5s}, {@code 1.5m}, {@code 2h}; a bare number is seconds. */
public final class DurationText {
    private static final Pattern FORM = Pattern.compile("\\A(\\d{1,9}(?:\\.\\d{1,6})?)\\s*(ms|s|m|h|d)?\\z");

    private DurationText() {}

    /**
     * Reads a duration.
     *
     * @throws IllegalArgumentException naming the text and the forms allowed
     */
    public static Duration parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a duration (a number with ms, s, m, h or d; a bare number is seconds)");
        }
        String unit = matcher.group(2) == null ? "s" : matcher.group(2);
        long nanos = switch (unit) {
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            default -> 86_400_000_000_000L;
        };
        BigDecimal total = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(nanos));
        BigDecimal[] parts = total.divideAndRemainder(BigDecimal.valueOf(1_000_000_000L));
        return Duration.ofSeconds(parts[0].longValue(), parts[1].longValue());
    }

    /** As people write it, in the greatest unit of which it is a whole number, milliseconds at least; what is below is left out. */
    public static String of(Duration duration) {
        long millis = duration.toMillis();
        if (millis != 0 && millis % 86_400_000 == 0) {
            return millis / 86_400_000 + "d";
        }
        if (millis != 0 && millis % 3_600_000 == 0) {
            return millis / 3_600_000 + "h";
        }
        if (millis != 0 && millis % 60_000 == 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }

    /** Makes Jackson read durations in these forms. */
    public static SimpleModule jacksonModule() {
        return new SimpleModule("duration-text").addDeserializer(Duration.class, new Deserializer());
    }

    private static final class Deserializer extends StdDeserializer<Duration> {
        private static final long serialVersionUID = 1;

        Deserializer() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return DurationText.parse(parser.getText());
        }
    }
}
