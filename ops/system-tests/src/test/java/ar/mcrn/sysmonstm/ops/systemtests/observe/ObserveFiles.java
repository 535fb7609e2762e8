package ar.mcrn.sysmonstm.ops.systemtests.observe;

import ar.mcrn.sysmonstm.ops.systemtests.processes.RepositoryRoot;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What the dashboards and alert rules of ops/compose ask for. */
public final class ObserveFiles {
    /**
     * A question of a dashboard.
     *
     * @param where file, then title of the panel, or name of the variable or annotation
     * @param text SQL or PromQL with Grafana's macros and variables in it
     */
    public record Query(String where, String text) {}

    private static final Pattern METRIC = Pattern.compile("\\bsysmonstm_[a-z0-9_]+");

    private final Path folder;

    private ObserveFiles(Path folder) {
        this.folder = folder;
    }

    /** Those of the repository. */
    public static ObserveFiles find() {
        return new ObserveFiles(RepositoryRoot.find().path().resolve("ops/compose"));
    }

    /** The dashboards: file name and content. */
    public List<Path> dashboards() {
        try (var files = Files.list(folder.resolve("grafana/dashboards"))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every SQL statement of panels, variables and annotations. */
    public List<Query> sql() {
        List<Query> queries = new ArrayList<>();
        for (Path file : dashboards()) {
            JsonNode dashboard = read(file);
            String name = file.getFileName().toString();
            collect(dashboard, name, "rawSql", queries);
            for (JsonNode variable : dashboard.path("templating").path("list")) {
                if (variable.path("type").asText().equals("query")) {
                    queries.add(new Query(
                            name + ": " + variable.path("name").asText(),
                            variable.path("query").asText()));
                }
            }
        }
        return queries;
    }

    /** Every metric of ours that a dashboard or an alert rule names, as Prometheus has it. */
    public Set<String> metrics() {
        List<String> texts = new ArrayList<>();
        List<Query> queries = new ArrayList<>();
        for (Path file : dashboards()) {
            collect(read(file), file.getFileName().toString(), "expr", queries);
        }
        queries.forEach(query -> texts.add(query.text()));
        text("prometheus/rules.yaml")
                .lines()
                .filter(line -> line.strip().startsWith("expr:"))
                .forEach(texts::add);
        Set<String> names = new TreeSet<>();
        texts.forEach(text -> METRIC.matcher(text).results().forEach(found -> names.add(found.group())));
        return names;
    }

    /** The statements that make the role which Grafana reads with. */
    public String readerSql() {
        return text("grafana/reader.sql");
    }

    private String text(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void collect(JsonNode node, String where, String field, List<Query> queries) {
        String title = node.path("title").asText(node.path("name").asText());
        String here = node.has("panels") || title.isEmpty() ? where : where + ": " + title;
        if (node.path(field).isTextual()) {
            queries.add(new Query(where, node.path(field).asText()));
        }
        node.forEach(child -> collect(child, here, field, queries));
    }

    private static JsonNode read(Path file) {
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
