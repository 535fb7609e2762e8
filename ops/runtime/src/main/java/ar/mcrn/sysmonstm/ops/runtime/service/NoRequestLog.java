package ar.mcrn.sysmonstm.ops.runtime.service;

import io.dropwizard.request.logging.RequestLogFactory;
import org.eclipse.jetty.server.RequestLog;

/** No line per request: what is asked is counted, not logged. */
final class NoRequestLog implements RequestLogFactory<RequestLog> {
    @Override
    public boolean isEnabled() {
        return false;
    }

    @Override
    public RequestLog build(String name) {
        return (request, response) -> {};
    }
}
