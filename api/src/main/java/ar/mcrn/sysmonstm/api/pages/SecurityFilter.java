package ar.mcrn.sysmonstm.api.pages;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Refuses foreign Host headers, and tells browsers on every answer that nothing but our own files runs or is framed. There
 * is no CORS: pages of other sites read nothing.
 */
public final class SecurityFilter extends HttpFilter {
    private static final long serialVersionUID = 1;
    private static final int MISDIRECTED = 421;
    private static final String POLICY =
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

    private final transient HostCheck hosts;

    /** @param hosts names answered to */
    public SecurityFilter(HostCheck hosts) {
        this.hosts = hosts;
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
        if (request.getRequestURI().startsWith("/api/")) {
            response.setHeader("Cache-Control", "no-store");
        }
        chain.doFilter(request, response);
    }
}
