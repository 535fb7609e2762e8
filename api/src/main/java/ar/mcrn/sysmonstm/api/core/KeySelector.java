package ar.mcrn.sysmonstm.api.core;

import ar.mcrn.sysmonstm.contract.Glob;
import ar.mcrn.sysmonstm.contract.MetricKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Picks series by keys and globs. A text without {@code *} or {@code ?} names exactly one key; a glob takes every key
 * whose metric and named attributes match, whatever its other attributes. Immutable.
 */
public final class KeySelector {
    private final List<String> texts;
    private final Set<String> exact = new LinkedHashSet<>();
    private final List<Globs> globs = new ArrayList<>();

    private KeySelector(List<String> texts) {
        this.texts = List.copyOf(texts);
        for (String text : texts) {
            MetricKey key = MetricKey.parse(text);
            if (Glob.isGlob(text)) {
                globs.add(Globs.of(key));
            } else {
                exact.add(key.toString());
            }
        }
    }

    /**
     * Reads keys and globs.
     *
     * @throws IllegalArgumentException naming the text that is no key
     */
    public static KeySelector of(List<String> texts) {
        return new KeySelector(texts);
    }

    /** Takes every key. */
    public static KeySelector all() {
        return of(List.of("*"));
    }

    /** The texts as given. */
    public List<String> texts() {
        return texts;
    }

    /** Whether a key is picked. */
    public boolean picks(MetricKey key) {
        return exact.contains(key.toString()) || globs.stream().anyMatch(glob -> glob.matches(key));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeySelector that && texts.equals(that.texts);
    }

    @Override
    public int hashCode() {
        return texts.hashCode();
    }

    @Override
    public String toString() {
        return String.join(",", texts);
    }

    private record Globs(Glob metric, Map<String, Glob> attributes) {
        static Globs of(MetricKey key) {
            Map<String, Glob> attributes = new TreeMap<>();
            key.attributes().forEach((name, value) -> attributes.put(name, new Glob(value)));
            return new Globs(new Glob(key.metric()), attributes);
        }

        boolean matches(MetricKey key) {
            return metric.matches(key.metric())
                    && attributes.entrySet().stream().allMatch(attribute -> {
                        String value = key.attributes().get(attribute.getKey());
                        return value != null && attribute.getValue().matches(value);
                    });
        }
    }
}
