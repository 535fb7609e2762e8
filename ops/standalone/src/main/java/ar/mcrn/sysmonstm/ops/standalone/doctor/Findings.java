package ar.mcrn.sysmonstm.ops.standalone.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was found, in order; each either well or with what a person has to do. For one thread. */
public final class Findings {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** One line: what was looked at, what was seen; {@code advice} is empty where all is well. */
    public record Finding(String what, String said, String advice) {
        /** True where nobody has to act. */
        public boolean isWell() {
            return advice.isEmpty();
        }
    }

    private final List<Finding> list = new ArrayList<>();
    private final Map<String, Object> figures = new LinkedHashMap<>();

    /** All is well with it. */
    public void well(String what, String said) {
        list.add(new Finding(what, said, ""));
    }

    /** Somebody must do what {@code advice} says. */
    public void act(String what, String said, String advice) {
        list.add(new Finding(what, said, advice));
    }

    /** A figure for {@code --json} alone, under a name; maps, lists, numbers and text. */
    public void figure(String name, Object value) {
        figures.put(name, value);
    }

    /** True where nobody has to act. */
    public boolean areWell() {
        return list.stream().allMatch(Finding::isWell);
    }

    /** What was found so far. */
    public List<Finding> list() {
        return List.copyOf(list);
    }

    /** One line each: {@code ok    what: said}, or {@code FAIL  what: said: advice}. */
    public void print(PrintStream out) {
        for (Finding each : list) {
            out.println(
                    each.isWell()
                            ? "ok    " + each.what + ": " + each.said
                            : "FAIL  " + each.what + ": " + each.said + ": " + each.advice);
        }
    }

    /**
     * One JSON object: {@code healthy}, {@code findings} (each with {@code what}, {@code state} ok or act, {@code said},
     * {@code advice}), and the figures by their names.
     */
    public void printJson(PrintStream out) {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("healthy", areWell());
        whole.put(
                "findings",
                list.stream()
                        .map(each -> {
                            Map<String, Object> finding = new LinkedHashMap<>();
                            finding.put("what", each.what);
                            finding.put("state", each.isWell() ? "ok" : "act");
                            finding.put("said", each.said);
                            finding.put("advice", each.advice);
                            return finding;
                        })
                        .toList());
        whole.putAll(figures);
        try {
            out.println(JSON.writeValueAsString(whole));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("BUG: findings are no JSON", e);
        }
    }
}
