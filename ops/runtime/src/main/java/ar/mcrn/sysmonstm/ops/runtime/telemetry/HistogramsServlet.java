package ar.mcrn.sysmonstm.ops.runtime.telemetry;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Serves {@link Telemetry#histograms} of all services of the process at the admin port's {@code /histograms}. */
public final class HistogramsServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    private final transient Telemetry telemetry;

    public HistogramsServlet(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/plain; charset=utf-8");
        response.getOutputStream().write(telemetry.histograms().getBytes(StandardCharsets.UTF_8));
    }
}
