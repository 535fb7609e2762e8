package ar.mcrn.sysmonstm.ops.runtime.pages;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;

/**
 * Refuses foreign Host headers, and tells browsers on every answer that nothing but our own files runs or is framed. There
 * is no CORS: pages of other sites read nothing. What may change something (every method but GET, HEAD, OPTIONS) is refused
 * to pages of other sites, which a browser names by Origin or, without one, by Sec-Fetch-Site; programs send neither.
 */
public final class SecurityFilter extends HttpFilter {
    private static final long serialVersionUID = 1;
    private static final int MISDIRECTED = 421;
    private static final String POLICY =
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

    private final transient HostCheck hosts;
    private final transient Set<String> origins;

    /** @param hosts names answered to */
    public SecurityFilter(HostCheck hosts) {
        this(hosts, Set.of());
    }

    /**
     * @param hosts names answered to
     * @param origins origins that may change something beside our own, lower case
     */
    public SecurityFilter(HostCheck hosts, Set<String> origins) {
        this.hosts = hosts;
        this.origins = Set.copyOf(origins);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        response.setHeader("Content-Security-Policy", POLICY);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Referrer-Policy", "same-origin");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        String host = request.getHeader("Host");
        if (!hosts.isAllowed(host == null ? "" : host)) {
            response.sendError(MISDIRECTED, "this host name is not served here");
            return;
        }
        if (!SAFE.contains(request.getMethod()) && isForeign(request)) {
            response.sendError(HttpServletResponse.SC_FORBIDDEN, "pages of other sites change nothing here");
            return;
        }
        if (request.getRequestURI().startsWith("/api/")) {
            response.setHeader("Cache-Control", "no-store");
        }
        chain.doFilter(request, response);
    }

    private boolean isForeign(HttpServletRequest request) {
        String origin = request.getHeader("Origin");
        if (origin == null) {
            String site = request.getHeader("Sec-Fetch-Site");
            return site != null && !OWN_SITES.contains(site);
        }
        String asking = origin.toLowerCase(Locale.ROOT);
        String host = String.valueOf(request.getHeader("Host")).toLowerCase(Locale.ROOT);
        return !origins.contains(asking) && !asking.equals("http://" + host) && !asking.equals("https://" + host);
    }
}
