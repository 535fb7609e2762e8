package ar.mcrn.sysmonstm.agent;

import java.util.List;
import java.util.Map;

/**
 * Every variable that the agent reads: {@link AgentConfig} and {@link SpoolSettings} take names and defaults from here, and
 * {@code ops/docs/configuration.md} its table.
 */
public enum AgentSetting {
    AGGREGATOR(
            "localhost:50051",
            "`host:port`, `dns:///host:port`, `http://host:port`, `https://host:port` (TLS)",
            "where samples go; a name with several addresses is used round robin",
            "COLLECTOR_AGGREGATOR_URL",
            "AGGREGATOR_URL"),
    MACHINE(
            "",
            "1 to 128 bytes: letters and digits of any script, `. _ - : @ + ( )`, single inner spaces",
            "name of the machine, without it the host name; never altered: one that does not fit is refused",
            "COLLECTOR_MACHINE_ID",
            "MACHINE_ID"),
    INTERVAL("1", "0.25 to 60 s; or with `ms`, `s`, `m`", "time between samples", "COLLECTOR_COLLECTION_INTERVAL"),
    TOKEN(
            "",
            "1 to 1,024 visible ASCII characters",
            "token that the aggregator asks for; never logged",
            "COLLECTOR_TOKEN"),
    TOKEN_FILE("", "a file that is not empty", "file that holds the token, in its place", "COLLECTOR_TOKEN_FILE"),
    LABELS(
            "",
            "`name=value,...`; up to 64, names 128, values 256 bytes, 8 KiB in all",
            "labels of the machine",
            "COLLECTOR_LABELS"),
    SPOOL_FOLDER(
            "",
            "a folder of its own, made where there is none",
            "where samples are kept, without it [as here](../../agent/README.md#the-spool); a file, or a folder that another agent"
                    + " holds, ends the start",
            "COLLECTOR_SPOOL_DIR"),
    SPOOL_BYTES(
            "256MiB",
            "1 MiB to 16 GiB; bytes, or with `KiB`, `MiB`, `GiB`",
            "bound of the spool's files",
            "COLLECTOR_SPOOL_BYTES"),
    HOST_ROOT(
            "/",
            "a folder with `proc` in it",
            "in a container: where the root of the machine to sample is mounted (read-only, with all that is mounted below it)",
            "COLLECTOR_HOST_ROOT"),
    LOG_LEVEL(
            "INFO",
            "`error`, `warn`, `info`, `debug`, `trace`, in any case",
            "least severe message logged",
            "LOG_LEVEL"),
    LOG_FORMAT("text", "`text`, `json`", "one line per message on standard error", "LOG_FORMAT");

    private final String fallback;
    private final String allowed;
    private final String effect;
    private final String key;
    private final String other;

    AgentSetting(String fallback, String allowed, String effect, String key) {
        this(fallback, allowed, effect, key, "");
    }

    AgentSetting(String fallback, String allowed, String effect, String key, String other) {
        this.fallback = fallback;
        this.allowed = allowed;
        this.effect = effect;
        this.key = key;
        this.other = other;
    }

    /** Names of the variable, the one that wins first. */
    public List<String> names() {
        return other.isEmpty() ? List.of(key) : List.of(key, other);
    }

    /** Value where none is set; empty = none. */
    public String fallback() {
        return fallback;
    }

    /** Unit and what is allowed, in Markdown. */
    public String allowed() {
        return allowed;
    }

    /** What it does, in Markdown. */
    public String effect() {
        return effect;
    }

    /** First of its names. */
    String key() {
        return key;
    }

    /** The name that is set, otherwise the first. */
    String setName(Map<String, String> environment) {
        if (other.isEmpty() || !environment.getOrDefault(key, "").isBlank()) {
            return key;
        }
        return environment.getOrDefault(other, "").isBlank() ? key : other;
    }

    /** What is set, as it is, under whichever name; the default where that is blank. */
    String value(Map<String, String> environment) {
        String value = environment.getOrDefault(setName(environment), "");
        return value.isBlank() ? fallback : value;
    }
}
