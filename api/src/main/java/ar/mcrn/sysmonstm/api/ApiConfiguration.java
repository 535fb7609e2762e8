package ar.mcrn.sysmonstm.api;

import ar.mcrn.sysmonstm.alerts.rules.RuleFile;
import ar.mcrn.sysmonstm.alerts.rules.RuleFileException;
import ar.mcrn.sysmonstm.alerts.rules.RuleSet;
import ar.mcrn.sysmonstm.alerts.rules.StockRules;
import ar.mcrn.sysmonstm.api.edge.EdgeSettings;
import ar.mcrn.sysmonstm.api.edge.PublicView;
import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Setting;
import ar.mcrn.sysmonstm.ops.runtime.pages.HostCheck;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceConfiguration;
import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Configuration of the api as a process of its own, beside what every service has. Each key has its {@link Setting}; {@code
 * api.yaml} names variables and defaults.
 */
public final class ApiConfiguration extends ServiceConfiguration {
    private static final Pattern ORIGIN = Pattern.compile("[a-z][a-z0-9+.-]*://[^/\\s?#]+");
    private static final Pattern HOST = Pattern.compile("[a-z0-9._-]+|\\[[0-9a-f:.]+]");

    @Min(1)
    @Max(100_000)
    @JsonProperty
    @Setting("WebSockets at once; the next gets 503")
    private int maxSockets = 10_000;

    @Min(0)
    @Max(100_000)
    @JsonProperty
    @Setting("of one address, not on loopback or with insecure; 0 = no limit; the next gets 429")
    private int maxSocketsPerIp = 50;

    @NotNull
    @JsonProperty
    @Setting(value = "least time between two frames of one client", allowed = "5ms to 1s")
    private Duration frameGap = Duration.ofMillis(10);

    @NotNull
    @JsonProperty
    @Setting(
            value = "origins allowed to open WebSockets and to change something, beside our own",
            allowed = "origins, commas")
    private String origins = "";

    @NotNull
    @JsonProperty
    @Setting(
            value = "what browsers may call it by",
            allowed = "host names and addresses (IPv6 as `[2001:db8::5]`), commas",
            absent = "loopback names on a loopback bind, else every name")
    private String hosts = "";

    @NotNull
    @JsonProperty
    @Setting(
            value = "rules shown at `/api/rules`: the [file](../../alerts/README.md#rule-file) of the aggregator",
            allowed = "a file",
            absent = "stock rules alone")
    private String rulesFile = "";

    @Valid
    @NotNull
    @JsonProperty
    private Edge edge = new Edge(null, null, null, null, null, null, null);

    /**
     * What the assembly needs.
     *
     * @throws ConfigurationProblem naming the setting that cannot be read
     */
    public ApiSettings settings() {
        try {
            return new ApiSettings(
                    maxSockets,
                    insecure() ? 0 : maxSocketsPerIp,
                    frameGap,
                    checked("API_ORIGINS", lowerCase(origins), ORIGIN, "origins such as https://status.example"),
                    checked(
                            "API_HOSTS",
                            hostNames(),
                            HOST,
                            "names or addresses without scheme and port, such as status.example, [2001:db8::5]"),
                    rules(),
                    true,
                    edge.settings());
        } catch (IllegalArgumentException e) {
            throw new ConfigurationProblem(e.getMessage());
        }
    }

    private static Set<String> checked(String name, Set<String> texts, Pattern form, String allowed) {
        for (String text : texts) {
            if (!form.matcher(text).matches()) {
                throw new ConfigurationProblem(name + "=" + text + ", allowed: " + allowed);
            }
        }
        return texts;
    }

    private Set<String> hostNames() {
        Set<String> given = lowerCase(hosts);
        try {
            boolean loopback = InetAddress.getByName(bind()).isLoopbackAddress();
            if (!loopback || insecure()) {
                return given;
            }
        } catch (UnknownHostException e) {
            return given; // said by the check of bind
        }
        Set<String> names = new HashSet<>(HostCheck.LOOPBACK);
        names.addAll(given);
        return names;
    }

    private RuleSet rules() {
        if (rulesFile.isEmpty()) {
            return StockRules.RULES;
        }
        try {
            RuleFile file = RuleFile.read(Path.of(rulesFile));
            return StockRules.RULES.overriddenBy(file.rules(), file.disabled());
        } catch (RuleFileException e) {
            throw new ConfigurationProblem(e.getMessage());
        }
    }

    private static Set<String> lowerCase(String list) {
        return Set.copyOf(split(list.toLowerCase(Locale.ROOT), ","));
    }

    private static List<String> split(String list, String separator) {
        return Arrays.stream(list.split(separator, -1))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .distinct()
                .toList();
    }

    /** Push to a relay; without a url there is none. */
    record Edge(
            @Setting(
                    value = "relay that the redacted feed is pushed to; path `/ws` or none is taken as `/feed`",
                    allowed = "`ws://`, `wss://`")
            String url,

            @Setting("told to the relay") Secret token,

            @Setting(value = "machines that are public", allowed = "globs, commas")
            String machines,

            @Setting(
                    value = "how they are named; with names, those without one are not shown",
                    allowed = "`pseudonym`, `id`, `id=Name,...`")
            String alias,

            @Setting(
                    value = "series that are public",
                    allowed = "keys and globs, `;`",
                    absent = "nine of how busy machines are")
            String fields,

            @Setting(value = "how much later the public sees", allowed = "0s to 10m")
            Duration delay,

            @Setting(value = "significant digits of public values", allowed = "1 to 6")
            Integer digits) {
        private static final int DIGITS = 3;

        Edge {
            url = url == null ? "" : url;
            token = token == null ? Secret.NONE : token;
            machines = machines == null || machines.isEmpty() ? "*" : machines;
            alias = alias == null || alias.isEmpty() ? "pseudonym" : alias;
            fields = fields == null ? "" : fields;
            delay = delay == null ? Duration.ZERO : delay;
            digits = digits == null ? Integer.valueOf(DIGITS) : digits;
        }

        Optional<EdgeSettings> settings() {
            if (url.isEmpty()) {
                return Optional.empty();
            }
            EdgeSettings settings = new EdgeSettings(
                    address(),
                    token,
                    split(machines, ","),
                    alias,
                    fields.isEmpty() ? EdgeSettings.FIELDS : split(fields, ";"),
                    delay,
                    digits);
            PublicView checked = new PublicView(settings);
            return checked.isInside() ? Optional.empty() : Optional.of(settings);
        }

        private URI address() {
            try {
                return new URI(url);
            } catch (URISyntaxException e) {
                // Not as the cause: it holds the whole address.
                throw new IllegalArgumentException("EDGE_URL is no URL: " + e.getReason() + " at " + e.getIndex());
            }
        }
    }
}
