package ar.mcrn.sysmonstm.ops.runtime.database;

import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;
import com.fasterxml.jackson.annotation.JsonCreator;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Address of a database: {@code postgresql://user:password@host:port/db?options} (also {@code postgres://}) or {@code
 * jdbc:postgresql://host:port/db?user=..&password=..}.
 *
 * @param jdbc address without credentials, as the driver takes it
 * @param user may be empty
 * @param password may be empty
 */
public record DatabaseUrl(String jdbc, String user, Secret password) {

    /** Not what a configuration is read with, which is its text. */
    @JsonCreator(mode = JsonCreator.Mode.DISABLED)
    public DatabaseUrl {}

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException naming what is wrong, never the password
     */
    @JsonCreator
    public static DatabaseUrl parse(String text) {
        if (text.startsWith("jdbc:postgresql:")) {
            if (CREDENTIALS.matcher(text).lookingAt()) {
                throw new IllegalArgumentException(FORMS);
            }
            return new DatabaseUrl(text, "", Secret.NONE);
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(FORMS + "; bad character at " + e.getIndex(), e);
        }
        boolean known = "postgresql".equals(uri.getScheme()) || "postgres".equals(uri.getScheme());
        if (!known
                || uri.getHost() == null
                || uri.getPath() == null
                || uri.getPath().length() < 2) {
            throw new IllegalArgumentException(FORMS);
        }
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        String[] credentials = uri.getRawUserInfo() == null
                ? new String[0]
                : uri.getRawUserInfo().split(":", 2);
        return new DatabaseUrl(
                "jdbc:postgresql://" + uri.getHost() + port + uri.getRawPath() + query,
                credentials.length > 0 ? URLDecoder.decode(credentials[0], StandardCharsets.UTF_8) : "",
                credentials.length > 1
                        ? new Secret(URLDecoder.decode(credentials[1], StandardCharsets.UTF_8))
                        : Secret.NONE);
    }

    /** The driver takes them for a part of the host, and logs them. */
    private static final Pattern CREDENTIALS = Pattern.compile("jdbc:postgresql://[^/?]*@");

    private static final String FORMS =
            "is not postgresql://user:password@host:port/database or jdbc:postgresql://host:port/database";

    /** Without credentials. */
    @Override
    public String toString() {
        int options = jdbc.indexOf('?');
        return options < 0 ? jdbc : jdbc.substring(0, options);
    }
}
