package ar.mcrn.sysmonstm.alerts.rules;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rule file, YAML:
 *
 * <pre>
 * rules:
 *   - name: root-full                                       # required; the name of a stock rule replaces it
 *     metric: "system.filesystem.utilization{mountpoint=/}" # required for kind threshold
 *     above: 0.9                                            # or below; in the metric's REST unit
 *     clear: 0.85                                           # default: the threshold
 *     for: 60s                                              # ms s m h, bare = seconds; default 0s (machineDown: 60s)
 *     severity: warning                                     # info, warning, critical; default warning
 *     machines: "web-*,db-1"                                # default "*"
 *     message: "{machine}: {series} is {value}"             # default: a sentence of the same content
 *   - name: machine-down
 *     kind: machineDown                                     # or historyDisk; default threshold
 *     for: 2m
 *   - name: memory-high
 *     enabled: false                                        # switches a stock rule off
 * </pre>
 *
 * At most 1 MiB and {@value #MOST_RULES} rules; unknown keys are errors.
 *
 * @param rules those defined
 * @param disabled names switched off
 */
public record RuleFile(List<AlertRule> rules, Set<String> disabled) {
    /** Most rules in one file. */
    public static final int MOST_RULES = 1000;

    private static final long MOST_BYTES = 1 << 20;

    public RuleFile {
        rules = List.copyOf(rules);
        disabled = Set.copyOf(disabled);
    }

    /**
     * Reads a file.
     *
     * @throws RuleFileException where it cannot be read or used
     */
    public static RuleFile read(Path path) throws RuleFileException {
        String file = path.toString();
        try {
            if (Files.size(path) > MOST_BYTES) {
                throw new RuleFileException("alert rules: file=" + file + ", sizeBytes=" + Files.size(path)
                        + ", allowed: at most " + MOST_BYTES);
            }
            return parse(file, Files.readString(path, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            throw new RuleFileException("alert rules: file=" + file + " does not exist");
        } catch (CharacterCodingException e) {
            throw new RuleFileException("alert rules: file=" + file + " is not UTF-8");
        } catch (IOException e) {
            throw new RuleFileException("alert rules: file=" + file + " cannot be read: " + e.getMessage());
        }
    }

    /**
     * Reads a text.
     *
     * @param file name for messages
     * @throws RuleFileException where it cannot be used
     */
    public static RuleFile parse(String file, String text) throws RuleFileException {
        YamlTree tree = YamlTree.read(file, text);
        if (!(tree instanceof YamlTree.Mapping top)) {
            throw fault(file, tree.line(), "the file is a mapping with the one key rules");
        }
        for (Map.Entry<String, YamlTree> entry : top.entries().entrySet()) {
            if (!entry.getKey().equals("rules")) {
                throw fault(file, entry.getValue().line(), "key=" + entry.getKey() + " is unknown, allowed: rules");
            }
        }
        YamlTree list = top.entries().get("rules");
        if (!(list instanceof YamlTree.Sequence sequence)) {
            throw fault(file, list == null ? top.line() : list.line(), "key=rules is a list of rules");
        }
        if (sequence.items().size() > MOST_RULES) {
            throw fault(
                    file,
                    sequence.line(),
                    "key=rules has " + sequence.items().size() + " rules, allowed: at most " + MOST_RULES);
        }
        List<AlertRule> rules = new ArrayList<>();
        Set<String> disabled = new HashSet<>();
        Map<String, Integer> lines = new HashMap<>();
        for (YamlTree item : sequence.items()) {
            RuleEntry entry = new RuleEntry(file, item);
            String name = entry.name();
            Integer earlier = lines.putIfAbsent(name, item.line());
            if (earlier != null) {
                throw fault(file, item.line(), "rule=" + name + " is already defined in line " + earlier);
            }
            if (entry.enabled()) {
                rules.add(entry.rule());
            } else {
                disabled.add(name);
            }
        }
        return new RuleFile(rules, disabled);
    }

    static RuleFileException fault(String file, int line, String what) {
        return new RuleFileException("alert rules: file=" + file + ", line=" + line + ", " + what);
    }
}
