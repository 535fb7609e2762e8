package ar.mcrn.sysmonstm.ops.runtime.redis;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where Redis is: {@code redis://user:password@host:port/database} or {@code rediss://} for TLS.
 *
 * @param url checked
 */
public record RedisSettings(URI url) {

    /** Not what a configuration is read with, which is its text. */
    @JsonCreator(mode = JsonCreator.Mode.DISABLED)
    public RedisSettings {}

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException naming what is wrong, never the password
     */
    @JsonCreator
    public static RedisSettings parse(String text) {
        try {
            URI url = new URI(text);
            boolean known = "redis".equals(url.getScheme()) || "rediss".equals(url.getScheme());
            if (!known || url.getHost() == null) {
                throw new IllegalArgumentException("is not redis://host:port or rediss://host:port");
            }
            if (url.getPort() >= 0) {
                return new RedisSettings(url);
            }
            String path = url.getRawPath() == null ? "" : url.getRawPath();
            String user = url.getRawUserInfo() == null ? "" : url.getRawUserInfo() + "@";
            return new RedisSettings(new URI(url.getScheme() + "://" + user + url.getHost() + ":6379" + path));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("is not redis://host:port; bad character at " + e.getIndex(), e);
        }
    }

    /** Without credentials. */
    @Override
    public String toString() {
        return url.getScheme() + "://" + url.getHost() + ":" + url.getPort();
    }
}
