package ar.mcrn.sysmonstm.alerts.rules;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A YAML document whose every node knows its line, so that a message can name it. */
sealed interface YamlTree {
    /** Line in the file, from 1. */
    int line();

    /** Keys in order of the file. */
    record Mapping(int line, Map<String, YamlTree> entries) implements YamlTree {}

    record Sequence(int line, List<YamlTree> items) implements YamlTree {}

    /** One value as written, without quotes; {@code null} is the empty text. */
    record Scalar(int line, String text) implements YamlTree {}

    /** Deepest nesting taken. */
    int DEEPEST = 8;

    /**
     * Reads one document.
     *
     * @throws RuleFileException where it is not YAML, nests too deep, or gives a key twice
     */
    static YamlTree read(String file, String text) throws RuleFileException {
        try (JsonParser parser = new YAMLFactory().createParser(text)) {
            if (parser.nextToken() == null) {
                throw new RuleFileException("alert rules: file=" + file + ", the file is empty");
            }
            return node(file, parser, 0);
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
            String what = e.getOriginalMessage().lines().findFirst().orElse("not YAML");
            throw new RuleFileException("alert rules: file=" + file + ", line=" + line + ", not YAML: " + what);
        } catch (IOException e) {
            throw new IllegalStateException("BUG: reading from a string failed", e);
        }
    }

    private static YamlTree node(String file, JsonParser parser, int depth) throws IOException, RuleFileException {
        int line = parser.currentTokenLocation().getLineNr();
        if (depth > DEEPEST) {
            throw new RuleFileException("alert rules: file=" + file + ", line=" + line + ", nests too deep");
        }
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            Map<String, YamlTree> entries = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                int keyLine = parser.currentTokenLocation().getLineNr();
                parser.nextToken();
                if (entries.put(key, node(file, parser, depth + 1)) != null) {
                    throw new RuleFileException(
                            "alert rules: file=" + file + ", line=" + keyLine + ", key=" + key + " is given twice");
                }
            }
            return new Mapping(line, entries);
        }
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            List<YamlTree> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(node(file, parser, depth + 1));
            }
            return new Sequence(line, items);
        }
        return new Scalar(line, parser.currentToken() == JsonToken.VALUE_NULL ? "" : parser.getText());
    }
}
