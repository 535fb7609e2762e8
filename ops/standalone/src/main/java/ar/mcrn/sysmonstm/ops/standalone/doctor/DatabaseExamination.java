package ar.mcrn.sysmonstm.ops.standalone.doctor;

import ar.mcrn.sysmonstm.aggregator.retention.DatabaseFolder;
import ar.mcrn.sysmonstm.aggregator.retention.DiskSpace;
import ar.mcrn.sysmonstm.ops.runtime.database.DatabaseUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;

/** Asks one database whether it answers, is durable, has the schema, and how its history is. */
public final class DatabaseExamination {
    private static final List<String> DURABILITY = List.of("fsync", "synchronous_commit", "full_page_writes");

    private static final String CONNECT_SECONDS = "10";

    private final Findings findings;

    /** Tells what it finds to {@code findings}. */
    public DatabaseExamination(Findings findings) {
        this.findings = findings;
    }

    /**
     * Looks at all of it; what cannot be seen is said as a finding.
     *
     * @param disk room on its disk where that is known already
     */
    public void examine(DatabaseUrl url, Optional<DiskSpace> disk) {
        try (Connection connection = connect(url)) {
            findings.well("database", url + ", PostgreSQL " + show(connection, "server_version"));
            durability(connection);
            Optional<DiskSpace> seen = disk.isPresent() ? disk : local(connection);
            if (seen.isEmpty()) {
                findings.well("disk", "not to be seen from here: look at the database's own machine");
            } else if (disk.isEmpty()) {
                space(seen.get());
            }
            history(connection, seen);
        } catch (SQLException e) {
            findings.act(
                    "database", url + " cannot be used", firstLine(e) + "; see that it runs and takes this address");
        }
    }

    /** Patient, and without a pool, so that what is said is what the driver says. */
    private static Connection connect(DatabaseUrl url) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", "sysmonstm-doctor");
        properties.setProperty("connectTimeout", CONNECT_SECONDS);
        properties.setProperty("loginTimeout", CONNECT_SECONDS);
        properties.setProperty("options", "-c statement_timeout=60s");
        if (!url.user().isEmpty()) {
            properties.setProperty("user", url.user());
            properties.setProperty("password", url.password().reveal());
        }
        return DriverManager.getConnection(url.jdbc(), properties);
    }

    private void durability(Connection connection) throws SQLException {
        boolean durable = true;
        for (String setting : DURABILITY) {
            if (show(connection, setting).equals("off")) {
                durable = false;
                findings.act(
                        "durability",
                        setting + "=off, a power cut can lose acknowledged samples",
                        "set it on in postgresql.conf and reload");
            }
        }
        if (durable) {
            findings.well("durability", String.join(", ", DURABILITY) + " on: acknowledged is committed");
        }
    }

    private void history(Connection connection, Optional<DiskSpace> disk) throws SQLException {
        if (!exists(connection, "host_sample")) {
            findings.act("schema", "not there yet", "start the aggregator, which makes it");
        } else if (!exists(connection, "history_tier")) {
            findings.act(
                    "schema", "of an earlier version", "start this version's aggregator, which brings it up to date");
        } else {
            new HistoryJudgement(new HistoryReading(connection).read(), findings).all(disk);
        }
    }

    /** How much room there is, and what to do where it is little. */
    public void space(DiskSpace disk) {
        String said = String.format(
                Locale.ROOT,
                "%.0f %% free (%s of %s)",
                disk.freeRatio() * 100,
                Words.bytes(disk.freeBytes()),
                Words.bytes(disk.totalBytes()));
        findings.figure("diskFreeBytes", disk.freeBytes());
        findings.figure("diskTotalBytes", disk.totalBytes());
        if (disk.roomBytes() <= 0) {
            findings.act(
                    "disk",
                    said + ", so that the oldest raw samples go early",
                    "make room, or lower HISTORY_RAW_RETENTION");
        } else {
            findings.well("disk", said);
        }
    }

    /** Where the database lies on this machine and may be asked for its folder. */
    private static Optional<DiskSpace> local(Connection connection) throws SQLException {
        Optional<Path> folder = DatabaseFolder.find(connection);
        try {
            return folder.isPresent() && Files.exists(folder.get())
                    ? Optional.of(DiskSpace.of(folder.get()))
                    : Optional.empty();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    private static boolean exists(Connection connection, String table) throws SQLException {
        return text(connection, "select coalesce(to_regclass(?)::text, '')", table)
                        .length()
                > 0;
    }

    private static String show(Connection connection, String setting) throws SQLException {
        return text(connection, "select current_setting(?)", setting);
    }

    private static String text(Connection connection, String sql, String parameter) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, parameter);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : "";
            }
        }
    }

    private static String firstLine(SQLException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }
}
