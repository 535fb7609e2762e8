package ar.mcrn.sysmonstm.loadgen;

import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of the oracle. */
final class VerifyOptions {

    @Option(
            names = "--obligations",
            paramLabel = "FILE",
            description = "records what was issued and acknowledged, for --verify; must not exist yet")
    private Path obligations;

    @Option(
            names = "--verify",
            paramLabel = "FILE",
            description = "no load: holds --database against these obligations")
    private Path verify;

    @Option(
            names = "--since",
            paramLabel = "INSTANT",
            description = "samples taken after this are fresh: ISO instant or Unix milliseconds, for --verify")
    private String since;

    @Option(
            names = "--at-least",
            paramLabel = "NAME=N",
            split = ",",
            description = "the verdict counts only if the run saw this much; repeatable, or with commas")
    private Map<String, Long> atLeast = new LinkedHashMap<>();

    Optional<Path> obligations() {
        return Optional.ofNullable(obligations);
    }

    Optional<Path> verify() {
        return Optional.ofNullable(verify);
    }

    AtLeast atLeast() {
        return new AtLeast(atLeast);
    }

    /** Unix milliseconds; 0 = from the beginning. */
    long sinceMillis() {
        if (since == null) {
            return 0;
        }
        try {
            return since.matches("\\A\\d{1,15}\\z")
                    ? Long.parseLong(since)
                    : Instant.parse(since).toEpochMilli();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "--since=" + since + " is neither an instant such as 2026-01-31T12:00:00Z nor Unix milliseconds",
                    e);
        }
    }
}
