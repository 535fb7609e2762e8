package ar.mcrn.sysmonstm.ops.runtime.service;

import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.PropertyBindingException;
import jakarta.validation.ConstraintViolation;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Words for what is wrong with a configuration: file and line where the value stands in a file of {@code --config}, the name
 * it was given by, the value, what is allowed. Texts of Jackson are never passed on, since they show values, and a value is
 * shown only where it is too short and plain to be an address with a password or most tokens.
 */
final class ConfigurationFaults {
    private static final Pattern PLAIN = Pattern.compile(".{0,3}|[\\w.:/%+\\[\\]-]{0,15}");
    private static final Pattern PLAIN_KEY = Pattern.compile("[\\w.-]{1,60}");
    private static final Pattern DIGITS = Pattern.compile("[+-]?\\d+");
    private static final Set<Class<?>> WHOLE_NUMBERS = Set.of(int.class, Integer.class, long.class, Long.class);
    private static final Set<Class<?>> BOOLEANS = Set.of(boolean.class, Boolean.class);
    private static final String HIDDEN = "...";

    private final String file;
    private final List<YamlText> texts;
    private final SettingNames names;

    /**
     * @param file in front of a fault in it; empty for the built-in one, which is not named
     * @param texts of the file; the first that has a key tells its line
     */
    ConfigurationFaults(String file, List<YamlText> texts, SettingNames names) {
        this.file = file;
        this.texts = texts;
        this.names = names;
    }

    /** A tree that cannot be what it should. */
    ConfigurationProblem mapping(JsonMappingException e, JsonNode tree) {
        String path = path(e);
        JsonNode value = value(e, tree);
        String said;
        if (e instanceof PropertyBindingException unknown) {
            said = (PLAIN_KEY.matcher(path).matches() ? path : HIDDEN) + " is not a known key; known here: "
                    + unknown.getKnownPropertyIds().stream()
                            .map(Object::toString)
                            .sorted()
                            .collect(Collectors.joining(", "));
        } else if (isOurs(e.getCause())) {
            said = names.of(path) + " " + firstLine(withoutValues(e.getCause().getMessage(), value));
        } else {
            said = (value.isValueNode() ? given(path, value.asText()) : names.of(path)) + ": " + allowed(e, value);
        }
        return new ConfigurationProblem(where(path) + said);
    }

    /** Values out of their range. */
    ConfigurationProblem validation(Collection<? extends ConstraintViolation<?>> violations) {
        return new ConfigurationProblem(violations.stream()
                .map(one -> text(one.getPropertyPath().toString(), one.getInvalidValue(), one.getMessage()))
                .sorted()
                .collect(Collectors.joining("; ")));
    }

    /** One key whose value cannot be used. */
    ConfigurationProblem key(String path, Object value, String message) {
        return new ConfigurationProblem(text(path, value, message));
    }

    private String text(String path, Object value, String message) {
        return where(path) + given(path, value) + " " + message;
    }

    private String where(String path) {
        if (file.isEmpty() || !names.isKey(path)) {
            return "";
        }
        return file
                + texts.stream()
                        .flatMapToInt(text -> text.line(path).stream())
                        .mapToObj(line -> " line " + line)
                        .findFirst()
                        .orElse("")
                + ": ";
    }

    private String given(String path, Object value) {
        String text = String.valueOf(value);
        boolean shown = value instanceof Number || PLAIN.matcher(text).matches();
        return names.of(path) + (shown ? "=" + text : "");
    }

    private static String path(JsonMappingException e) {
        return e.getPath().stream()
                .map(r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : r.getFieldName())
                .collect(Collectors.joining("."));
    }

    private static JsonNode value(JsonMappingException e, JsonNode tree) {
        JsonNode node = tree;
        for (JsonMappingException.Reference step : e.getPath()) {
            node = step.getFieldName() == null ? node.path(step.getIndex()) : node.path(step.getFieldName());
        }
        return node;
    }

    /** What our own classes say; subclasses are the JDK's, which show what could not be read. */
    private static boolean isOurs(Throwable cause) {
        return cause != null && cause.getClass() == IllegalArgumentException.class && cause.getMessage() != null;
    }

    private static String withoutValues(String message, JsonNode value) {
        String left = message;
        for (JsonNode child : value) {
            left = withoutValues(left, child);
        }
        String text = value.asText();
        return PLAIN.matcher(text).matches() ? left : left.replace(text, HIDDEN);
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    private static String allowed(JsonMappingException e, JsonNode value) {
        Class<?> type = e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null
                ? mismatch.getTargetType()
                : Object.class;
        if (WHOLE_NUMBERS.contains(type)) {
            return DIGITS.matcher(value.asText()).matches() ? "is out of range" : "must be a whole number";
        }
        if (BOOLEANS.contains(type)) {
            return "must be true or false";
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "must be a list";
        }
        if (!(e instanceof MismatchedInputException) || e instanceof InvalidFormatException) {
            return "cannot be used";
        }
        if (value.isArray()) {
            return "must not be a list";
        }
        return value.isObject() ? "must be a single value" : "must hold keys and values";
    }
}
