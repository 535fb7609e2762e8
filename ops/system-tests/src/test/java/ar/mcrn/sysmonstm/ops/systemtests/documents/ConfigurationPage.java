package ar.mcrn.sysmonstm.ops.systemtests.documents;

import ar.mcrn.sysmonstm.agent.AgentSetting;
import ar.mcrn.sysmonstm.ops.systemtests.processes.RepositoryRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code sysmon docs}: writes {@code ops/docs/configuration.md} from where the settings are declared. */
public final class ConfigurationPage {
    private static final String HEAD = """
            # Configuration

            <!-- Made by `./sysmon docs` from the classes that read the settings. A test fails where it is not what they say. -->

            Every part is set by environment variables; one that is empty counts as not set. A setting that cannot be ends the start with exit
            code 1 and one line that names variable, value and what is allowed; after the start no input ends a process.

            - **Files.** Of the services (not the agent) every variable can be given as `NAME_FILE`, the path of a file whose first line is
              the value; `NAME` wins over it. So no secret has to stand in an environment.
            - **Options** win over variables: `--bind`, `--insecure`, `--http`, `--admin`, `--grpc` (each part's `--help` tells which it has), of
              the agent `--aggregator`, `--machine`, `--interval`.
            - **`--config FILE`** of a service takes a YAML file with the keys below, and `insecure`, in place of the built-in one (`NAME.yaml` in the
              sources, with `${NAME:-default}` for variables). Unknown keys are errors. A key that is left out has the default below, but for
              ports: without `httpPort` none is opened, without `adminPort` any free one.
            - **Durations** carry `ms`, `s`, `m`, `h` or `d`; a bare number is seconds. Lists are separated by commas, unless said otherwise.

            The variables of `ops/compose`, many of them the same: [.env.example](../compose/.env.example).
            """;

    private static final String AGENT = """

            ## agent

            What it does: [agent](../../agent/README.md). Of the agent only the token can come from a file.

            | variable | default | unit, range | effect |
            | --- | --- | --- | --- |
            """;

    private static final Map<String, String> SERVICES = Map.of(
            "aggregator", "What it does: [aggregator](../../aggregator/README.md).",
            "api", "What it does: [api](../../api/README.md). `EDGE_` is about the public feed: [edge](edge.md).",
            "alerts", "What it does: [alerts](../../alerts/README.md#service).",
            "relay", "What it does: [relay](../../relay/README.md), [edge](edge.md).");

    private static final String TAIL = """

            ## up, doctor and others

            - `./sysmon up` is [aggregator](#aggregator), [api](#api), [alerts](#alerts) and [agent](#agent) in one process and takes the variables
              of all, with these differences: `REDIS_URL`, `TIMESCALE_URL`, `AGGREGATOR_URL` and `COLLECTOR_SPOOL_DIR` are not looked at, since
              it has its own; `API_BIND` and `AGGREGATOR_BIND` are best given as `--bind`, which is for all ports; all share the admin port of the api; the agent
              shows the token of `AGGREGATOR_TOKEN`, unless `COLLECTOR_TOKEN` is set. What it keeps lies in `--data`.
            - `./sysmon doctor` looks at `TIMESCALE_URL` and `REDIS_URL` where one of them is set, otherwise at the data folder.
            - `./sysmon loadgen` is set by [options](../../loadgen/README.md#settings); it shows `COLLECTOR_TOKEN`.
            - `./sysmon` itself takes `JAVA_HOME` (a JDK, where it is not to look for one) and `SYSMON_JAVA_OPTIONS`, options of the JVM that win over those in
              [ops/image/options](../image/README.md); so do the images.
            """;

    private ConfigurationPage() {}

    /** Writes the page; no arguments. */
    public static void main(String[] arguments) throws IOException {
        Path file = file();
        Files.writeString(file, text());
        System.out.println("written: " + file);
    }

    /** Where the page is. */
    static Path file() {
        return RepositoryRoot.find().path().resolve("ops/docs/configuration.md");
    }

    /** The page as the classes give it. */
    static String text() {
        StringBuilder page = new StringBuilder(HEAD).append(AGENT);
        for (AgentSetting setting : AgentSetting.values()) {
            String names = setting.names().stream().map(ConfigurationPage::code).collect(Collectors.joining(", "));
            String fallback = setting.fallback().isEmpty() ? "none" : code(setting.fallback());
            row(page, names, fallback, setting.allowed(), setting.effect());
        }
        for (DeclaredSettings declared : DeclaredSettings.ofAllServices()) {
            page.append("\n## ").append(declared.service()).append("\n\n");
            page.append(SERVICES.get(declared.service())).append("\n\n");
            row(page, "variable", "key", "default", "unit, range", "effect");
            row(page, "---", "---", "---", "---", "---");
            for (DeclaredSettings.One one : declared.list()) {
                String fallback = one.fallback().isEmpty() ? one.absent() : code(one.fallback());
                row(page, code(one.variable()), code(one.key()), fallback, one.allowed(), one.effect());
            }
        }
        return page.append(TAIL).toString();
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    private static void row(StringBuilder page, String... cells) {
        for (String cell : cells) {
            page.append(cell.isEmpty() ? "| " : "| " + cell + " ");
        }
        page.append("|\n");
    }
}
