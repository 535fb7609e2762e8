package ar.mcrn.sysmonstm.ops.runtime.readiness;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * Serves {@code /ready}: 200 while the process does its main work, with what is degraded; 503 when a critical dependency
 * is down or the process is stopping. Body:
 *
 * <pre>{@code
 * {"status":"ready|degraded|unavailable","degraded":["database"],
 *  "dependencies":[{"name","state":"up|degraded|down","since":"2026-01-01T00:00:00Z","critical":false,"detail":""}]}
 * }</pre>
 */
public final class ReadyServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final transient Readiness readiness;

    public ReadyServlet(Readiness readiness) {
        this.readiness = readiness;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        boolean unavailable = readiness.isUnavailable();
        List<String> degraded = readiness.degraded();
        String status = unavailable ? "unavailable" : degraded.isEmpty() ? "ready" : "degraded";
        List<Entry> entries = readiness.all().stream().map(Entry::of).toList();
        response.setStatus(unavailable ? HttpServletResponse.SC_SERVICE_UNAVAILABLE : HttpServletResponse.SC_OK);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        JSON.writeValue(response.getOutputStream(), new Body(status, readiness.isStopping(), degraded, entries));
    }

    private record Body(String status, boolean stopping, List<String> degraded, List<Entry> dependencies) {}

    private record Entry(String name, String state, String since, boolean critical, String detail) {
        static Entry of(Dependency dependency) {
            Dependency.Status status = dependency.status();
            return new Entry(
                    dependency.name(),
                    status.state().name().toLowerCase(Locale.ROOT),
                    status.since().toString(),
                    dependency.critical(),
                    status.detail());
        }
    }
}
