package ar.mcrn.sysmonstm.ops.runtime.service;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A YAML text with the line of each key. Every value is text as it is written, as those of variables are: to YAML a token
 * {@code 0123} is the number 83.
 */
final class YamlText {
    private static final YAMLFactory FACTORY = new YAMLFactory();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Map<String, Integer> lines = new HashMap<>();
    private final JsonNode tree;

    /** YAML, but none that a configuration may be. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        private Refused(YAMLParser parser, String what) {
            super(" line " + parser.currentTokenLocation().getLineNr() + ": " + what);
        }
    }

    /**
     * Reads it all.
     *
     * @throws com.fasterxml.jackson.core.JacksonException where it is no YAML; its message may show what is written
     * @throws Refused where it is more than keys and values, each once; its message has the line and what is wrong
     */
    YamlText(String text) throws IOException {
        try (YAMLParser parser = FACTORY.createParser(text)) {
            tree = parser.nextToken() == null ? MissingNode.getInstance() : node(parser, "");
            if (parser.nextToken() != null) {
                throw new Refused(parser, "a second document is not read");
            }
        }
    }

    /** What it holds; missing where that is nothing. */
    JsonNode tree() {
        return tree;
    }

    /**
     * Where a key is, or else the nearest one that it lies in.
     *
     * @param path with dots, such as {@code edge.delay}
     */
    OptionalInt line(String path) {
        for (String key = path; !key.isEmpty(); key = key.substring(0, Math.max(0, key.lastIndexOf('.')))) {
            Integer line = lines.get(key);
            if (line != null) {
                return OptionalInt.of(line);
            }
        }
        return OptionalInt.empty();
    }

    private JsonNode node(YAMLParser parser, String path) throws IOException {
        if (parser.isCurrentAlias()) {
            throw new Refused(
                    parser, "an alias (*name) is not read: write the value, in quotes where it begins with *");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser, path);
            case START_ARRAY -> array(parser, path);
            case VALUE_NULL -> NODES.nullNode();
            default -> NODES.textNode(parser.getText());
        };
    }

    private ObjectNode object(YAMLParser parser, String path) throws IOException {
        ObjectNode object = NODES.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            if (object.has(key)) {
                throw new Refused(parser, "a key is there a second time");
            }
            String inside = path.isEmpty() ? key : path + "." + key;
            lines.put(inside, parser.currentTokenLocation().getLineNr());
            parser.nextToken();
            object.set(key, node(parser, inside));
        }
        return object;
    }

    private ArrayNode array(YAMLParser parser, String path) throws IOException {
        ArrayNode array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(node(parser, path + ".[" + array.size() + "]"));
        }
        return array;
    }
}
