package ar.mcrn.sysmonstm.api.pages;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The dashboard from the class path ({@code assets/} of its jar). Its page answers at {@code /}, {@code /machines/...} and
 * {@code /alerts}; files below {@code static/} have a hash in their name and are kept by browsers for a year; a file with
 * {@code .gz} beside it is sent so. Whatever is not a file of the jar is 404. Files are held in memory once read: there are
 * no more of them than the jar has.
 */
public final class DashboardServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final Pattern FILE = Pattern.compile("(?:[A-Za-z0-9_-]+/){0,4}[A-Za-z0-9_-][A-Za-z0-9._-]*");
    private static final Pattern PAGE = Pattern.compile("/|/index\\.html|/alerts/?|/machines(?:/.*)?");
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("json", "application/json"),
            Map.entry("webmanifest", "application/manifest+json"),
            Map.entry("txt", "text/plain; charset=utf-8"),
            Map.entry("woff2", "font/woff2"));

    private final transient Map<String, Asset> held = new ConcurrentHashMap<>();

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = request.getRequestURI().substring(request.getContextPath().length());
        boolean page = PAGE.matcher(path).matches();
        Optional<Asset> asset = page ? asset("index.html") : asset(path.substring(1));
        if (asset.isEmpty()) {
            response.setStatus(HttpServletResponse.SC_NOT_FOUND);
            response.setContentType(TYPES.get("txt"));
            response.getOutputStream()
                    .write((page ? "The dashboard is not part of this build.\n" : "Nothing is at this path.\n")
                            .getBytes(StandardCharsets.UTF_8));
            return;
        }
        send(asset.get(), path.startsWith("/static/"), request, response);
    }

    private static void send(Asset asset, boolean hashed, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setHeader("ETag", asset.tag);
        response.setHeader("Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
        response.setHeader("Vary", "Accept-Encoding");
        if (asset.tag.equals(request.getHeader("If-None-Match"))) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        response.setContentType(asset.type);
        String accepted = request.getHeader("Accept-Encoding");
        boolean zipped = asset.zipped.length > 0
                && accepted != null
                && accepted.toLowerCase(Locale.ROOT).contains("gzip");
        if (zipped) {
            response.setHeader("Content-Encoding", "gzip");
        }
        byte[] body = zipped ? asset.zipped : asset.plain;
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private Optional<Asset> asset(String file) {
        if (!FILE.matcher(file).matches()) {
            return Optional.empty();
        }
        Asset known = held.get(file);
        if (known != null) {
            return Optional.of(known);
        }
        byte[] plain = read(file);
        if (plain.length == 0) {
            return Optional.empty();
        }
        Asset asset = new Asset(type(file), plain, read(file + ".gz"), tag(plain));
        held.put(file, asset);
        return Optional.of(asset);
    }

    /** The bytes of a file; none where it is not there. */
    private static byte[] read(String file) {
        try (InputStream in = DashboardServlet.class.getClassLoader().getResourceAsStream("assets/" + file)) {
            return in == null ? new byte[0] : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String type(String file) {
        return TYPES.getOrDefault(file.substring(file.lastIndexOf('.') + 1), "application/octet-stream");
    }

    private static String tag(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        return "\"" + Long.toHexString(sum.getValue()) + "-" + Integer.toHexString(bytes.length) + "\"";
    }

    private record Asset(String type, byte[] plain, byte[] zipped, String tag) {}
}
