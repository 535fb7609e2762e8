package ar.mcrn.sysmonstm.api.resources;

import ar.mcrn.sysmonstm.api.api.Problem;
import ar.mcrn.sysmonstm.api.db.DatabaseDown;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns every failure of a resource into a problem document: bad parameters 400, what is not there 404, the database away
 * 503, anything else 500 with a number that the log has too and nothing of the inside.
 */
public final class Problems implements ExceptionMapper<Throwable> {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    @Context
    private UriInfo uri;

    @Override
    public Response toResponse(Throwable failure) {
        return switch (failure) {
            case WebApplicationException web -> of(web);
            case IllegalArgumentException bad -> problem(Response.Status.BAD_REQUEST.getStatusCode(), text(bad));
            case DatabaseDown down -> problem(Response.Status.SERVICE_UNAVAILABLE.getStatusCode(), text(down));
            default -> bug(failure);
        };
    }

    private Response of(WebApplicationException failure) {
        Response given = failure.getResponse();
        int status = given.getStatus();
        if (status < 400) {
            return given;
        }
        String detail = status == Response.Status.NOT_FOUND.getStatusCode() && isRoute(failure)
                ? "nothing is at this path"
                : text(failure);
        return problem(status, detail);
    }

    private static boolean isRoute(WebApplicationException failure) {
        return failure.getMessage() == null || failure.getMessage().startsWith("HTTP 404");
    }

    private Response bug(Throwable failure) {
        long number = ThreadLocalRandom.current().nextLong(1L << 40);
        String name = Long.toHexString(number);
        LOG.error("BUG: request failed: path={}, number={}", uri.getPath(), name, failure);
        return problem(
                Response.Status.INTERNAL_SERVER_ERROR.getStatusCode(), "it went wrong here; the log has it as " + name);
    }

    private Response problem(int status, String detail) {
        Response.Status known = Response.Status.fromStatusCode(status);
        String title = known == null ? "HTTP " + status : known.getReasonPhrase();
        return Response.status(status)
                .type(Problem.MEDIA_TYPE)
                .entity(new Problem(
                        "about:blank",
                        title,
                        status,
                        detail,
                        uri.getRequestUri().getRawPath()))
                .build();
    }

    private static String text(Throwable failure) {
        return failure.getMessage() == null ? "" : failure.getMessage();
    }
}
