package ar.mcrn.sysmonstm.loadgen;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/**
 * Where the history lies: {@code postgresql://user:password@host:port/db} (also {@code postgres://}) or
 * {@code jdbc:postgresql:...}. The text never shows user or password.
 */
final class DatabaseAddress {

    private final String jdbcUrl;
    private final Properties properties = new Properties();

    private DatabaseAddress(String jdbcUrl) {
        this.jdbcUrl = jdbcUrl;
        properties.setProperty("ApplicationName", "sysmonstm-loadgen");
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("readOnly", "true");
    }

    /** @throws IllegalArgumentException when the text is no such address; it does not repeat the text */
    static DatabaseAddress parse(String text) {
        if (text.startsWith("jdbc:postgresql:")) {
            return new DatabaseAddress(text);
        }
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException hidesPassword) {
            throw invalid();
        }
        boolean scheme = "postgresql".equals(uri.getScheme()) || "postgres".equals(uri.getScheme());
        if (!scheme
                || uri.getHost() == null
                || uri.getRawPath() == null
                || uri.getRawPath().length() < 2) {
            throw invalid();
        }
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        int port = uri.getPort() < 0 ? 5432 : uri.getPort();
        DatabaseAddress address =
                new DatabaseAddress("jdbc:postgresql://" + uri.getHost() + ":" + port + uri.getRawPath() + query);
        String user = uri.getRawUserInfo();
        if (user != null) {
            int colon = user.indexOf(':');
            address.set("user", colon < 0 ? user : user.substring(0, colon));
            if (colon >= 0) {
                address.set("password", user.substring(colon + 1));
            }
        }
        return address;
    }

    private void set(String key, String encoded) {
        properties.setProperty(key, URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8));
    }

    private static IllegalArgumentException invalid() {
        return new IllegalArgumentException(
                "--database is not an address such as postgresql://user:password@host:5432/sysmonstm");
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl, properties);
    }

    @Override
    public String toString() {
        int query = jdbcUrl.indexOf('?');
        return (query < 0 ? jdbcUrl : jdbcUrl.substring(0, query)).replaceAll("//[^/@]*@", "//");
    }
}
