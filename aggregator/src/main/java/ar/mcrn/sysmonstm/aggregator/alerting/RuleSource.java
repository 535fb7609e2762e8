package ar.mcrn.sysmonstm.aggregator.alerting;

import ar.mcrn.sysmonstm.alerts.rules.RuleFile;
import ar.mcrn.sysmonstm.alerts.rules.RuleFileException;
import ar.mcrn.sysmonstm.alerts.rules.RuleSet;
import ar.mcrn.sysmonstm.alerts.rules.StockRules;
import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rules in force: stock rules and, winning by name, the rule file. A file that changes is read again; one that cannot be
 * used leaves the old rules in force and is said on {@code /ready}. One thread after construction.
 */
final class RuleSource {
    private static final Logger LOG = LoggerFactory.getLogger(RuleSource.class);

    private final Optional<Path> file;
    private final Dependency dependency;
    private final AlertingMetrics metrics;
    private RuleSet rules;
    private Stamp read;

    /** What tells one version of the file from the next; a missing file is a version too. */
    private record Stamp(long modifiedMillis, long sizeBytes, Object fileKey) {
        static final Stamp MISSING = new Stamp(0, -1, "");

        static Stamp of(Path path) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
                Object key = attributes.fileKey() == null ? "" : attributes.fileKey();
                return new Stamp(attributes.lastModifiedTime().toMillis(), attributes.size(), key);
            } catch (IOException ignored) {
                // Reading it names what is wrong.
                return MISSING;
            }
        }
    }

    /** @throws ConfigurationProblem in one line where the file cannot be used: bad configuration stops the start */
    RuleSource(Optional<Path> file, Dependency dependency, AlertingMetrics metrics) {
        this.file = file;
        this.dependency = dependency;
        this.metrics = metrics;
        this.read = file.map(Stamp::of).orElse(Stamp.MISSING);
        try {
            rules = load();
        } catch (RuleFileException e) {
            throw new ConfigurationProblem(e.getMessage());
        }
        dependency.up(describe());
    }

    private RuleSet load() throws RuleFileException {
        if (file.isEmpty()) {
            return StockRules.RULES;
        }
        RuleFile contents = RuleFile.read(file.get());
        return StockRules.RULES.overriddenBy(contents.rules(), contents.disabled());
    }

    private String describe() {
        return rules.rules().size() + " rules"
                + file.map(path -> " with " + path).orElse(", stock");
    }

    RuleSet rules() {
        return rules;
    }

    /** Looks whether the file changed; the new rules, where they can be used. */
    Optional<RuleSet> look() {
        if (file.isEmpty()) {
            return Optional.empty();
        }
        Stamp now = Stamp.of(file.get());
        if (now.equals(read)) {
            return Optional.empty();
        }
        read = now;
        try {
            rules = load();
            dependency.up(describe());
            LOG.info(
                    "alert rules read again: file={}, rules={}",
                    file.get(),
                    rules.rules().size());
            return Optional.of(rules);
        } catch (RuleFileException e) {
            metrics.ruleFileFaults.increment();
            dependency.degraded("the old rules go on: " + e.getMessage());
            return Optional.empty();
        }
    }
}
