package ar.mcrn.sysmonstm.ops.standalone.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerTest {
    @TempDir
    Path folder;

    private static Connection connect(PostgresServer server) throws SQLException {
        return DriverManager.getConnection(
                server.url().jdbc(),
                server.url().user(),
                server.url().password().reveal());
    }

    private static String ask(PostgresServer server, String question) throws SQLException {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(question)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static void tell(PostgresServer server, String command) throws SQLException {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement()) {
            statement.execute(command);
        }
    }

    @Test
    void isDurableAskedForAPasswordAndKeepsItsDataAndPort() throws Exception {
        String url;
        try (PostgresServer server = PostgresServer.start(folder)) {
            url = server.url().jdbc();
            for (String setting : new String[] {"fsync", "synchronous_commit", "full_page_writes"}) {
                assertThat(ask(server, "show " + setting)).as(setting).isEqualTo("on");
            }
            assertThat(ask(server, "show listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("password"))))
                    .isEqualTo("rw-------");
            assertThatThrownBy(() -> DriverManager.getConnection(server.url().jdbc(), "sysmonstm", "guess"))
                    .hasMessageContaining("password authentication failed");
            tell(server, "create table kept(n int)");
            tell(server, "insert into kept values (42)");
        }
        assertThat(PostgresServer.running(folder.resolve("data"))).isEmpty();
        try (PostgresServer again = PostgresServer.start(folder)) {
            assertThat(again.url().jdbc()).isEqualTo(url);
            assertThat(ask(again, "select n from kept")).isEqualTo("42");
        }
    }

    @Test
    void startsItAgainWhenItEndsByItself() throws Exception {
        try (PostgresServer server = PostgresServer.start(folder)) {
            tell(server, "create table kept(n int)");
            long pid = server.pid();
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptions()
                    .until(() -> ask(server, "select count(*) from kept").equals("0"));
            assertThat(server.pid()).isNotEqualTo(pid);
        }
    }

    @Test
    void stopsAnOrphanOfAnEarlierProcessAndKeepsItsData() throws Exception {
        // Never closed: as after a kill -9 of the process that started it. Its supervisor ends with the orphan below.
        PostgresServer orphan = PostgresServer.start(folder);
        orphan.abandon();
        tell(orphan, "create table kept(n int)");
        long pid = orphan.pid();
        try (PostgresServer server = PostgresServer.start(folder)) {
            assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
            assertThat(server.pid()).isNotEqualTo(pid);
            assertThat(ask(server, "select count(*) from kept")).isEqualTo("0");
        }
    }

    @Test
    void doesNotTakeAnotherProgramForAnOrphan() throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.writeString(
                data.resolve("postmaster.pid"), ProcessHandle.current().pid() + "\n");
        assertThat(PostgresServer.running(data)).isEmpty();
        Files.writeString(data.resolve("postmaster.pid"), "");
        assertThat(PostgresServer.running(data)).isEmpty();
    }
}
