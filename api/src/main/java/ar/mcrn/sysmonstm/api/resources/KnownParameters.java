package ar.mcrn.sysmonstm.api.resources;

import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** Refuses query parameters that a resource does not know, so that a name mistyped is not an answer to another question. */
public final class KnownParameters implements ContainerRequestFilter {
    private static final int SHOWN = 32;

    private final Map<Method, List<String>> known = new ConcurrentHashMap<>();

    @Context
    private ResourceInfo resource;

    @Override
    public void filter(ContainerRequestContext request) {
        List<String> names = known.computeIfAbsent(resource.getResourceMethod(), KnownParameters::names);
        for (String name : request.getUriInfo().getQueryParameters().keySet()) {
            if (!names.contains(name)) {
                String shown = name.length() > SHOWN ? name.substring(0, SHOWN) + "..." : name;
                throw new IllegalArgumentException(shown + ": no such parameter, allowed: "
                        + (names.isEmpty() ? "none" : String.join(", ", names)));
            }
        }
    }

    private static List<String> names(Method method) {
        return Arrays.stream(method.getParameters())
                .map((Parameter parameter) -> parameter.getAnnotation(QueryParam.class))
                .filter(Objects::nonNull)
                .map(QueryParam::value)
                .toList();
    }
}
