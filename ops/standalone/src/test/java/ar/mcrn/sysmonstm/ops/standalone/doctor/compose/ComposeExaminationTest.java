package ar.mcrn.sysmonstm.ops.standalone.doctor.compose;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.ops.runtime.testing.FreePorts;
import ar.mcrn.sysmonstm.ops.standalone.doctor.Findings;
import ar.mcrn.sysmonstm.ops.standalone.doctor.compose.HostCommands.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComposeExaminationTest {
    private static final List<String> SERVICES = List.of("timescale", "redis", "aggregator", "api", "alerts", "agent");
    private static final String WITHIN = "docker exec %s timeout -s KILL 15 ";
    private static final String READY = "HTTP/1.1 200 OK\r\n\r\n{\"status\":\"ready\",\"dependencies\":[]}";

    @TempDir
    private Path root;

    /** What a program says, by what its command line begins with; the longest that fits wins. */
    private final Map<String, Answer> programs = new HashMap<>();

    private final Map<String, String> shell = new HashMap<>();
    private long startedMinutesAgo = 10;

    @BeforeEach
    void allIsWell() throws IOException {
        Path compose = Files.createDirectories(root.resolve("ops/compose"));
        Files.writeString(compose.resolve(".env.example"), """
                #HTTP_PORT=8000
                #GRPC_PORT=50051
                #HTTP_ADDRESS=127.0.0.1   # of what
                #API_HOSTS=localhost
                #API_MEMORY=640m
                #SECRETS_FOLDER=./secrets
                #OBSERVE_ADDRESS=127.0.0.1
                #ALERTS_MEMORY=320m
                """);
        Path secrets = Files.createDirectories(compose.resolve("secrets"));
        secret("database-password", "s3cret");
        secret("database-url", "postgresql://sysmonstm:s3cret@timescale:5432/sysmonstm");
        secret("agent-token", "t0ken");
        secret("edge-token", "");
        secret("alert-webhook-url", "");
        Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rwx------"));
        program("docker info", "27.5.1");
        program("docker compose version", "2.35.1");
        program("docker ps", String.join("\n", SERVICES));
        for (String service : SERVICES) {
            container(service, "running", 0, "healthy", 0);
            program(WITHIN.formatted(service) + "bash", READY);
            program(WITHIN.formatted(service) + "du", "204800\t/data");
            program(WITHIN.formatted(service) + "df", disk(40));
        }
        program(
                WITHIN.formatted("timescale") + "date",
                Long.toString(Instant.now().getEpochSecond()));
        program("timedatectl", "yes");
    }

    @Test
    void aDeploymentThatIsWellNeedsNobody() throws IOException {
        assertThat(lines()).noneMatch(line -> line.startsWith("act"));
        assertThat(lines())
                .contains(
                        "ok settings: no .env, all defaults",
                        "ok engine: Docker 27.5.1",
                        "ok compose: 2.35.1",
                        "ok api: running, healthy",
                        "ok HTTP_PORT: 127.0.0.1:8000, this box alone",
                        "ok volume: timescale: 200 MiB, 600 MiB free, 40 % of the disk used",
                        "ok clock: kept right by NTP");
    }

    @Test
    void saysThatThereIsNoEngineOrThatItDoesNotAnswer() throws IOException {
        programs.clear();
        assertThat(lines()).contains("act engine: neither docker nor podman is there");
        programs.put("docker info", new Answer(1, ""));
        assertThat(lines()).contains("act engine: docker is there, and its engine does not answer");
        program("podman version", "4.3.1");
        assertThat(lines()).contains("ok engine: Podman 4.3.1", "act compose: podman-compose is not there");
    }

    @Test
    void saysWhatSettingsCannotBe() throws IOException {
        Files.writeString(root.resolve("ops/compose/.env"), """
                # of this box
                HTTP_PORT=80000
                HTTP_ADDRESS="0.0.0.0"   # for all
                API_MEMORY=lots
                HTTP_PROT=8000
                nonsense
                """);
        assertThat(lines())
                .contains(
                        "act settings: line 6 is neither NAME=value nor a comment",
                        "act settings: HTTP_PROT is no variable of compose.yaml (.env.example has them all)",
                        "act settings: HTTP_PORT=80000 is no port, 1 to 65535",
                        "act settings: API_MEMORY=lots is no size, such as 896m or 2g",
                        "act settings: HTTP_ADDRESS is beyond loopback while API_HOSTS names loopback alone: name there what people type");
        shell.putAll(Map.of("HTTP_PORT", "8000", "API_HOSTS", "box", "API_MEMORY", "1g"));
        assertThat(lines()).filteredOn(line -> line.startsWith("act settings")).hasSize(2);
    }

    @Test
    void takesSettingsAsComposeDoes() throws IOException {
        Path elsewhere = Files.createDirectories(root.resolve("a #b"));
        Files.writeString(root.resolve("ops/compose/.env"), """
                export HTTP_PORT=8000
                export OBSERVE_ADDRESS=0.0.0.0 # for colleagues
                API_MEMORY=1.5g
                ALERTS_MEMORY=0.5GiB
                SECRETS_FOLDER="%s" # not 'here'
                GRPC_PORT= # as it is
                """.formatted(elsewhere));
        assertThat(lines())
                .contains(
                        "ok settings: 6 in " + root.resolve("ops/compose/.env"),
                        "ok OBSERVE_ADDRESS: 0.0.0.0: whoever reaches it reads Prometheus, which asks for no password")
                .anyMatch(line -> line.startsWith("act secrets: " + elsewhere + " "));
        shell.putAll(Map.of("API_MEMORY", "1.g", "ALERTS_MEMORY", "0"));
        assertThat(lines()).filteredOn(line -> line.startsWith("act settings")).hasSize(2);
    }

    @Test
    void judgesGrafanasSecretsWhereItIsUpOrTheyAreThere() throws IOException {
        secret("grafana-admin-password", "");
        assertThat(lines())
                .contains("act secrets: grafana-admin-password is empty")
                .noneMatch(line -> line.contains("grafana-database-password"));
        program("docker ps", String.join("\n", SERVICES) + "\ngrafana");
        container("grafana", "running", 0, "", 0);
        assertThat(lines()).contains("act secrets: grafana-database-password is missing");
    }

    @Test
    void aServiceMayTakeAMinuteToAnswer() throws IOException {
        programs.put(WITHIN.formatted("api") + "bash", new Answer(1, ""));
        startedMinutesAgo = 0;
        container("api", "running", 0, "starting", 0);
        assertThat(lines()).contains("ok api: starting: does not answer at its admin port 8001");
        startedMinutesAgo = 2;
        container("api", "running", 0, "starting", 0);
        assertThat(lines()).contains("act api: does not answer at its admin port 8001");
    }

    @Test
    void saysWhatIsWrongWithSecretsAndNeverWhatTheyAre() throws IOException {
        Path secrets = root.resolve("ops/compose/secrets");
        Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rwxr-xr-x"));
        secret("database-password", "0ther");
        assertThat(lines())
                .contains(
                        "act secrets: " + secrets + " is open to others",
                        "act secrets: database-url does not hold the password of database-password")
                .noneMatch(line -> line.contains("0ther") || line.contains("s3cret"));
        Files.delete(secrets.resolve("agent-token"));
        secret("database-url", "");
        Files.setPosixFilePermissions(secrets.resolve("edge-token"), PosixFilePermissions.fromString("r--------"));
        assertThat(lines())
                .contains(
                        "act secrets: agent-token is missing",
                        "act secrets: database-url is empty",
                        "act secrets: edge-token cannot be read by the containers' users");
        shell.put("SECRETS_FOLDER", root.resolve("nowhere").toString());
        assertThat(lines()).contains("act secrets: " + root.resolve("nowhere") + " is not there");
    }

    @Test
    void saysHowContainersAre() throws IOException {
        program("docker ps", "timescale\nredis\naggregator\napi\nalerts");
        container("redis", "exited", 137, "", 0);
        container("alerts", "running", 0, "unhealthy", 0);
        container("api", "running", 0, "healthy", 4);
        program(
                WITHIN.formatted("aggregator") + "bash",
                "HTTP/1.1 200 OK\r\n\r\n{\"status\":\"degraded\",\"dependencies\":["
                        + "{\"name\":\"database\",\"state\":\"down\",\"since\":\"2026-01-01T00:00:00.123Z\",\"detail\":\"refused\"}]}");
        programs.put(WITHIN.formatted("alerts") + "bash", new Answer(1, ""));
        assertThat(lines())
                .contains(
                        "act redis: exited with exit code 137, out of memory",
                        "act alerts: unhealthy: does not answer at its admin port 8021",
                        "act aggregator: degraded: database down since 2026-01-01T00:00:00Z (refused)",
                        "act api: started anew 4 times, the last time within the hour",
                        "act agent: has no container");
        program("docker ps", "");
        assertThat(lines()).contains("act containers: none of project sysmonstm");
        programs.put("docker ps", new Answer(124, ""));
        assertThat(lines())
                .contains("act engine: docker does not say which containers there are")
                .noneMatch(line -> line.contains("none of project"));
    }

    @Test
    void saysWhichImagesAreOld() throws IOException {
        program(
                "docker image inspect image-of-alerts",
                "[{\"Id\":\"sha256:another\",\"Created\":\"2020-01-01T00:00:00Z\"}]");
        assertThat(lines()).contains("act alerts: runs an older image than image-of-alerts is now");
    }

    @Test
    void filesOfTheShellThatAreNotThereAndBytesThatAreNoTextAreNoFault() throws IOException {
        shell.put("EDGE_TOKEN_FILE", root.resolve("nowhere").toString());
        Files.write(root.resolve("ops/compose/.env"), new byte[] {'H', (byte) 0xFF, '\n'});
        assertThat(lines()).contains("act settings: line 1 is neither NAME=value nor a comment");
        Files.delete(root.resolve("ops/compose/.env"));
        Files.createDirectory(root.resolve("ops/compose/.env"));
        assertThat(lines()).anyMatch(line -> line.matches("act settings: .*/\\.env cannot be read"));
    }

    @Test
    void saysThatAPortIsTakenWhileNothingRuns() throws IOException {
        program("docker ps", "");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            shell.put("HTTP_PORT", Integer.toString(taken.getLocalPort()));
            int free = FreePorts.next();
            shell.put("GRPC_PORT", Integer.toString(free));
            assertThat(lines())
                    .anyMatch(line ->
                            line.startsWith("act HTTP_PORT: 127.0.0.1:" + taken.getLocalPort() + " cannot be had ("))
                    .contains("ok GRPC_PORT: 127.0.0.1:" + free + " is free");
        }
    }

    @Test
    void saysThatADiskIsFullAndThatClocksDiffer() throws IOException {
        program(WITHIN.formatted("timescale") + "df", disk(91));
        program(
                WITHIN.formatted("timescale") + "date",
                Long.toString(Instant.now().getEpochSecond() + 60));
        assertThat(lines())
                .contains("act volume: timescale: 200 MiB, 600 MiB free, 91 % of the disk used")
                .anyMatch(line -> line.matches("act clock: containers are (3|4|5|6)[0-9] s apart from this host"));
        program(
                WITHIN.formatted("timescale") + "date",
                Long.toString(Instant.now().getEpochSecond()));
        program("timedatectl", "no");
        assertThat(lines()).contains("act clock: nothing keeps it right");
    }

    @Test
    void aProgramThatIsNotThereOrTakesTooLongIsNoFault() {
        HostCommands hasty = HostCommands.real(Duration.ofMillis(200));
        assertThat(hasty.run(List.of("no-such-program-here")).code()).isEqualTo(127);
        assertThat(hasty.run(List.of("sleep", "60")).code()).isEqualTo(124);
        // What it leaves behind holds its output open.
        assertThat(hasty.run(List.of("sh", "-c", "sleep 60 & sleep 60")).code()).isEqualTo(124);
        assertThat(HostCommands.real(Duration.ofSeconds(30)).run(List.of("echo", "said")))
                .isEqualTo(new Answer(0, "said"));
    }

    private List<String> lines() throws IOException {
        Findings findings = new Findings();
        new ComposeExamination(root, "sysmonstm", shell, this::answer, findings).examine();
        return findings.list().stream()
                .map(each -> (each.isWell() ? "ok " : "act ") + each.what() + ": " + each.said())
                .toList();
    }

    private Answer answer(List<String> command) {
        String line = String.join(" ", command);
        return programs.entrySet().stream()
                .filter(each -> line.startsWith(each.getKey()))
                .max((a, b) -> Integer.compare(a.getKey().length(), b.getKey().length()))
                .map(Map.Entry::getValue)
                .orElse(new Answer(127, ""));
    }

    private void program(String begin, String output) {
        programs.put(begin, new Answer(0, output));
    }

    private void container(String service, String state, int code, String health, int restarts) {
        program("docker container inspect " + service, """
                [{"Id": "%1$s", "Image": "sha256:%1$s", "RestartCount": %5$d,
                  "State": {"Status": "%2$s", "ExitCode": %3$d, "OOMKilled": %6$s, "StartedAt": "%7$s", "Health": {"Status": "%4$s"}},
                  "Config": {"Image": "image-of-%1$s", "Labels": {"com.docker.compose.service": "%1$s"}}}]
                """.formatted(
                        service,
                        state,
                        code,
                        health,
                        restarts,
                        code == 137,
                        Instant.now().minus(Duration.ofMinutes(startedMinutesAgo))));
    }

    private static String disk(int used) {
        return "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda1 1024000 409600 614400 " + used
                + "% /data";
    }

    private void secret(String name, String value) throws IOException {
        Path file = root.resolve("ops/compose/secrets").resolve(name);
        Files.deleteIfExists(file);
        Files.writeString(file, value + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    }
}
