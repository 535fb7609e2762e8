package ar.mcrn.sysmonstm.api.edge;

import ar.mcrn.sysmonstm.api.api.MachineView;
import ar.mcrn.sysmonstm.api.core.KeySelector;
import ar.mcrn.sysmonstm.api.core.Visibility;
import ar.mcrn.sysmonstm.contract.Glob;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.contract.MetricKey;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the public may see: an allow-list of machines and series, machines under other names, values to a few digits, and
 * of a machine's make only system family, architecture, cores and memory. Alerts, devices, processes, labels, host names and the
 * state of our services are never shown. A pseudonym is an HMAC of the id under the relay's token, so that it stays the same and
 * cannot be found by trying ids.
 */
public final class PublicView implements Visibility {
    private static final int HIDDEN_HELD = 20_000;

    private final List<Glob> machines;
    private final KeySelector fields;
    private final boolean byId;
    private final Map<String, String> named;
    private final MathContext digits;
    private final byte[] secret;
    private final Map<String, String> pseudonyms = new ConcurrentHashMap<>();

    /**
     * Decides by these settings.
     *
     * @throws IllegalArgumentException naming an alias or field that cannot be read
     */
    public PublicView(EdgeSettings settings) {
        this.machines = settings.machines().stream().map(Glob::new).toList();
        this.fields = KeySelector.of(settings.fields());
        this.byId = settings.alias().equals("id");
        this.named = byId || settings.alias().equals("pseudonym") ? Map.of() : aliases(settings.alias());
        this.digits = new MathContext(settings.digits());
        this.secret = ("sysmonstm-alias:" + settings.token().reveal()).getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, String> aliases(String text) {
        Map<String, String> aliases = new HashMap<>();
        for (String pair : text.split(",", -1)) {
            int equals = pair.indexOf('=');
            String alias = equals < 0 ? "" : pair.substring(equals + 1).strip();
            if (!MachineId.isValid(alias)) {
                throw new IllegalArgumentException(
                        "EDGE_ALIAS has \"" + pair.strip() + "\", allowed: pseudonym, id, or id=Name,id=Name");
            }
            aliases.put(pair.substring(0, equals).strip(), alias);
        }
        if (Set.copyOf(aliases.values()).size() < aliases.size()) {
            throw new IllegalArgumentException("EDGE_ALIAS gives one name to two machines");
        }
        return aliases;
    }

    @Override
    public Optional<String> name(String machine) {
        if (machines.stream().noneMatch(glob -> glob.matches(machine))) {
            return Optional.empty();
        }
        if (byId) {
            return Optional.of(machine);
        }
        if (!named.isEmpty()) {
            return Optional.ofNullable(named.get(machine));
        }
        if (pseudonyms.size() > HIDDEN_HELD) {
            pseudonyms.clear();
        }
        return Optional.of(pseudonyms.computeIfAbsent(machine, this::pseudonym));
    }

    private String pseudonym(String machine) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            byte[] sum = mac.doFinal(machine.getBytes(StandardCharsets.UTF_8));
            return "machine-" + HexFormat.of().formatHex(sum, 0, 4);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("BUG: every JDK has HmacSHA256", e);
        }
    }

    @Override
    public boolean shows(MetricKey key) {
        // Sensors tell which chips and drives a machine is made of, whatever the settings pick.
        return !key.metric().startsWith("hw.") && fields.picks(key);
    }

    @Override
    public double value(MetricKey key, double value) {
        if (Double.isNaN(value) || value == 0) {
            return value;
        }
        return new BigDecimal(value).round(digits).doubleValue();
    }

    @Override
    public MachineView inventory(MachineView view) {
        return new MachineView(
                name(view.id()).orElse(""),
                view.state(),
                view.lastSeen(),
                null,
                family(view.os()),
                null,
                null,
                view.logicalCores(),
                null,
                view.memoryBytes(),
                null,
                view.architecture(),
                null,
                null,
                null,
                Map.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** The first word: a version would tell which holes are open. */
    private static String family(String os) {
        return os == null ? null : os.split(" ", 2)[0];
    }

    @Override
    public boolean isInside() {
        return false;
    }
}
