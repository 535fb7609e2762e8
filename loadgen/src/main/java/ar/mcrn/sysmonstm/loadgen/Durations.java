package ar.mcrn.sysmonstm.loadgen;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as people write them: {@code 60s}, {@code 500ms}, {@code 2m}, {@code 1h}; a bare number is seconds. */
final class Durations implements ITypeConverter<Duration> {

    private static final Pattern FORM = Pattern.compile("\\A(\\d{1,9}(?:\\.\\d{1,6})?)(ms|s|m|h|)\\z");

    @Override
    public Duration convert(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new TypeConversionException("'" + text + "' is not a duration such as 60s, 500ms, 2m or 1h");
        }
        long unitMicros = switch (form.group(2)) {
            case "ms" -> 1_000L;
            case "m" -> 60_000_000L;
            case "h" -> 3_600_000_000L;
            default -> 1_000_000L;
        };
        long micros = new BigDecimal(form.group(1))
                .multiply(BigDecimal.valueOf(unitMicros))
                .longValue();
        return Duration.ofNanos(micros * 1_000);
    }
}
