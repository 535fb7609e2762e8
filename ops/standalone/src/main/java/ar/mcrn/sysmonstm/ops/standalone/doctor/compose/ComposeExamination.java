package ar.mcrn.sysmonstm.ops.standalone.doctor.compose;

import ar.mcrn.sysmonstm.ops.standalone.doctor.Findings;
import ar.mcrn.sysmonstm.ops.standalone.doctor.compose.HostCommands.Answer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A compose deployment as its host sees it: engine, settings, secrets, containers, what each service says of itself, images,
 * ports, volumes, clock. It only reads; commands within containers are those that every base image has.
 */
public final class ComposeExamination {
    /** Makes the reading role of the database and ends. */
    private static final String ONCE = "grafana-reader";

    /** Our services with their admin ports; those without one have 0. */
    private static final Map<String, Integer> SERVICES = services();

    private static final Map<String, String> VOLUMES =
            Map.of("timescale", "/var/lib/postgresql/data", "redis", "/data", "agent", "/var/lib/sysmonstm");
    private static final Duration CLOCK = Duration.ofSeconds(2);
    /** How long a service may take until it answers; its health check waits for as long. */
    private static final Duration STARTING = Duration.ofSeconds(60);

    /** What runs within a container is ended there: the engine's own client, once ended, leaves it behind. */
    private static final String WITHIN_SECONDS = "15";

    private static final int FULL_PERCENT = 85;
    /** Ports below are root's. */
    private static final int PRIVILEGED = 1_024;

    private final ObjectMapper json = new ObjectMapper();
    private final Path root;
    private final Map<String, String> shell;
    private final HostCommands commands;
    private final Findings findings;
    private String engine = "";
    private String project;

    /**
     * @param root of the checkout
     * @param project name of the compose project; empty = as compose itself finds it
     * @param shell variables of the environment
     */
    public ComposeExamination(
            Path root, String project, Map<String, String> shell, HostCommands commands, Findings findings) {
        this.root = root;
        this.project = project;
        this.shell = shell;
        this.commands = commands;
        this.findings = findings;
    }

    private static Map<String, Integer> services() {
        Map<String, Integer> services = new LinkedHashMap<>();
        services.put("timescale", 0);
        services.put("redis", 0);
        services.put("aggregator", 8011);
        services.put("api", 8001);
        services.put("alerts", 8021);
        services.put("agent", 0);
        return services;
    }

    /** Everything, in order; what cannot be seen without the engine is left out then. */
    public void examine() throws IOException {
        Path folder = root.resolve("ops/compose");
        ComposeSettings settings = new ComposeSettings(folder, shell);
        settings.judge(findings);
        if (project.isEmpty()) {
            project = settings.get("COMPOSE_PROJECT_NAME", "sysmonstm");
        }
        ComposeSecrets.judge(settings.folder("SECRETS_FOLDER", "./secrets"), findings);
        if (!engine()) {
            return;
        }
        Answer ids =
                commands.run(List.of(engine, "ps", "-aq", "--filter", "label=com.docker.compose.project=" + project));
        if (!ids.isWell()) {
            findings.act("engine", engine + " does not say which containers there are", "see " + engine + " ps");
            return;
        }
        List<ComposeContainer> containers = containers(ids.output());
        if (containers.isEmpty()) {
            findings.act(
                    "containers",
                    "none of project " + project,
                    "docker compose -f ops/compose/compose.yaml up -d (another project: --project NAME)");
        }
        for (String service : SERVICES.keySet()) {
            List<ComposeContainer> of =
                    containers.stream().filter(c -> c.service().equals(service)).toList();
            if (of.isEmpty() && !containers.isEmpty()) {
                findings.act(service, "has no container", "docker compose -f ops/compose/compose.yaml up -d");
            }
            for (ComposeContainer container : of) {
                container(container);
            }
        }
        ComposeSecrets.judgeGrafana(
                settings.folder("SECRETS_FOLDER", "./secrets"),
                containers.stream().anyMatch(c -> c.service().startsWith("grafana")),
                findings);
        containers.stream().filter(c -> !SERVICES.containsKey(c.service())).forEach(this::container);
        port(
                settings,
                "HTTP_ADDRESS",
                "HTTP_PORT",
                8000,
                running(containers, "api").isPresent());
        port(
                settings,
                "GRPC_ADDRESS",
                "GRPC_PORT",
                50_051,
                running(containers, "aggregator").isPresent());
        VOLUMES.keySet().stream()
                .sorted()
                .forEach(service -> running(containers, service).ifPresent(this::volume));
        running(containers, "timescale").ifPresent(this::clock);
    }

    private boolean engine() {
        Answer docker = commands.run(List.of("docker", "info", "--format", "{{.ServerVersion}}"));
        if (docker.isWell() && !docker.output().isBlank()) {
            engine = "docker";
            findings.well("engine", "Docker " + docker.output());
            Answer compose = commands.run(List.of("docker", "compose", "version", "--short"));
            if (compose.isWell()) {
                findings.well("compose", compose.output());
            } else {
                findings.act(
                        "compose", "Docker has no compose plugin", "install docker-compose-plugin (2.20 or later)");
            }
            return true;
        }
        Answer podman = commands.run(List.of("podman", "version", "--format", "{{.Client.Version}}"));
        if (podman.isWell()) {
            engine = "podman";
            findings.well("engine", "Podman " + podman.output());
            if (commands.run(List.of("podman-compose", "--version")).code() == 127) {
                findings.act("compose", "podman-compose is not there", "install it (1.0.3 or later)");
            } else {
                findings.well("compose", "podman-compose");
            }
            return true;
        }
        findings.act(
                "engine",
                docker.code() == 127
                        ? "neither docker nor podman is there"
                        : "docker is there, and its engine does not answer",
                docker.code() == 127
                        ? "install Docker with its compose plugin, or podman and podman-compose"
                        : "start it, or use a user who may ask it (group docker)");
        return false;
    }

    private List<ComposeContainer> containers(String ids) {
        List<ComposeContainer> containers = new ArrayList<>();
        for (String id : ids.lines().filter(line -> !line.isBlank()).toList()) {
            inspected("container", id).map(ComposeContainer::of).ifPresent(containers::add);
        }
        return containers;
    }

    private Optional<JsonNode> inspected(String kind, String name) {
        Answer answer = commands.run(List.of(engine, kind, "inspect", name));
        try {
            JsonNode list = json.readTree(answer.output());
            return answer.isWell() && list.has(0) ? Optional.of(list.get(0)) : Optional.empty();
        } catch (JsonProcessingException notThere) {
            return Optional.empty();
        }
    }

    private static Optional<ComposeContainer> running(List<ComposeContainer> containers, String service) {
        return containers.stream()
                .filter(c -> c.service().equals(service) && c.isRunning())
                .findFirst();
    }

    private void container(ComposeContainer container) {
        String logs = engine + " logs --tail 50 " + shortId(container);
        if (!container.isRunning()) {
            if (container.service().equals(ONCE) && container.state().equals("exited") && container.exitCode() == 0) {
                findings.well(container.service(), "has done its work");
                return;
            }
            findings.act(
                    container.service(),
                    container.state() + " with exit code " + container.exitCode()
                            + (container.outOfMemory() ? ", out of memory" : ""),
                    container.outOfMemory() ? "raise its ..._MEMORY in .env, then up -d" : "see " + logs);
            return;
        }
        Optional<String> complaint = complaint(container);
        if (container.health().equals("unhealthy")) {
            findings.act(
                    container.service(),
                    "unhealthy" + complaint.map(text -> ": " + text).orElse(""),
                    "see " + logs);
        } else if (complaint.isPresent()
                && container.started().isAfter(Instant.now().minus(STARTING))) {
            findings.well(container.service(), "starting: " + complaint.get());
        } else if (complaint.isPresent()) {
            findings.act(container.service(), complaint.get(), "see " + logs);
        } else if (container.restarts() > 0
                && container.started().isAfter(Instant.now().minus(Duration.ofHours(1)))) {
            findings.act(
                    container.service(),
                    "started anew " + container.restarts() + " times, the last time within the hour",
                    "see " + logs);
        } else {
            findings.well(
                    container.service(), "running" + (container.health().isEmpty() ? "" : ", " + container.health()));
        }
        image(container);
    }

    /** What the service says at {@code /ready} of its admin port, asked within its container. */
    private Optional<String> complaint(ComposeContainer container) {
        int port = SERVICES.getOrDefault(container.service(), 0);
        if (port == 0) {
            return Optional.empty();
        }
        Answer answer = within(
                container,
                "bash",
                "-c",
                "exec 3<>/dev/tcp/127.0.0.1/" + port
                        + " && printf 'GET /ready HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && cat <&3");
        int body = answer.output().indexOf('{');
        if (!answer.isWell() || body < 0) {
            return Optional.of("does not answer at its admin port " + port);
        }
        try {
            JsonNode ready = json.readTree(answer.output().substring(body));
            List<String> wrong = new ArrayList<>();
            for (JsonNode dependency : ready.path("dependencies")) {
                if (!dependency.path("state").asText().equals("up")) {
                    wrong.add(dependency.path("name").asText() + " "
                            + dependency.path("state").asText() + " since "
                            + dependency.path("since").asText().replaceAll("\\.\\d+Z$", "Z")
                            + (dependency.path("detail").asText().isEmpty()
                                    ? ""
                                    : " (" + dependency.path("detail").asText() + ")"));
                }
            }
            String status = ready.path("status").asText();
            return status.equals("ready") && wrong.isEmpty()
                    ? Optional.empty()
                    : Optional.of(status + ": " + String.join(", ", wrong));
        } catch (JsonProcessingException e) {
            return Optional.of("does not answer with JSON at its admin port " + port);
        }
    }

    private void image(ComposeContainer container) {
        Optional<JsonNode> image = inspected("image", container.tag());
        if (image.isPresent()
                && !image.get().path("Id").asText().replace("sha256:", "").equals(container.image())) {
            findings.act(
                    container.service(),
                    "runs an older image than " + container.tag() + " is now",
                    "docker compose -f ops/compose/compose.yaml up -d");
        }
    }

    private void port(ComposeSettings settings, String addressName, String portName, int fallback, boolean ours) {
        String address = settings.get(addressName, "127.0.0.1");
        int port = settings.port(portName, fallback);
        if (port < 1 || port > 65_535) {
            return;
        }
        if (ours) {
            findings.well(
                    portName, address + ":" + port + (ComposeSettings.isLoopback(address) ? ", this box alone" : ""));
            return;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(address.replaceAll("[\\[\\]]", "")), port));
            findings.well(portName, address + ":" + port + " is free");
        } catch (IOException e) {
            if (port < PRIVILEGED) {
                findings.well(portName, address + ":" + port + ", which only the engine may try");
                return;
            }
            findings.act(
                    portName,
                    address + ":" + port + " cannot be had (" + e.getMessage() + ")",
                    "end what listens there (ss -ltnp), or set another " + portName + " in .env");
        }
    }

    private void volume(ComposeContainer container) {
        String folder = VOLUMES.get(container.service());
        Answer size = within(container, "du", "-sk", folder);
        Answer room = within(container, "df", "-Pk", folder);
        // "Filesystem 1024-blocks Used Available Capacity Mounted on", then one line.
        String[] disk =
                room.output().lines().skip(1).findFirst().orElse("").trim().split("\\s+", -1);
        // What goes away while it is counted makes du end with 1; the sum is right all the same.
        String kilobytes = size.output().lines().reduce((a, b) -> b).orElse("").split("\\s", 2)[0];
        if (disk.length < 5 || !disk[4].matches("[0-9]+%") || !kilobytes.matches("[0-9]+")) {
            findings.act(
                    "volume",
                    "the size of " + folder + " of " + container.service() + " cannot be seen",
                    "see df there");
            return;
        }
        int used = Integer.parseInt(disk[4].replace("%", ""));
        String said = String.format(
                Locale.ROOT,
                "%s: %,d MiB, %,d MiB free, %d %% of the disk used",
                container.service(),
                Long.parseLong(kilobytes) / 1024,
                Long.parseLong(disk[3]) / 1024,
                used);
        if (used >= FULL_PERCENT) {
            findings.act("volume", said, "make room; see HISTORY_DISK_LIMIT and ops/docs/sizing.md");
        } else {
            findings.well("volume", said);
        }
    }

    private void clock(ComposeContainer container) {
        Instant before = Instant.now();
        Answer inside = within(container, "date", "+%s");
        Instant after = Instant.now();
        Answer synchronised = commands.run(List.of("timedatectl", "show", "-p", "NTPSynchronized", "--value"));
        if (inside.isWell() && inside.output().matches("[0-9]{1,18}")) {
            Instant there = Instant.ofEpochSecond(Long.parseLong(inside.output()));
            if (there.isBefore(before.minus(CLOCK)) || there.isAfter(after.plus(CLOCK))) {
                findings.act(
                        "clock",
                        "containers are " + Duration.between(after, there).toSeconds() + " s apart from this host",
                        "set the clock of the engine's machine; samples of the future are refused");
                return;
            }
        }
        if (synchronised.isWell() && synchronised.output().equals("no")) {
            findings.act("clock", "nothing keeps it right", "let systemd-timesyncd or chrony run");
        } else {
            findings.well(
                    "clock",
                    synchronised.isWell()
                            ? "kept right by NTP"
                            : "same in containers; whether NTP keeps it is not known");
        }
    }

    private Answer within(ComposeContainer container, String... command) {
        List<String> line =
                new ArrayList<>(List.of(engine, "exec", container.id(), "timeout", "-s", "KILL", WITHIN_SECONDS));
        line.addAll(List.of(command));
        return commands.run(line);
    }

    private static String shortId(ComposeContainer container) {
        return container.id().substring(0, Math.min(12, container.id().length()));
    }
}
