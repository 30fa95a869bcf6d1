package io.tollgate.runner.http;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the route table says of a request.
 *
 * @param route the route that answers it; null where the path or the method is unknown
 * @param parameter the value of the path's parameter, still percent-encoded; empty where the route has none
 * @param allow the methods of the path, where the path is known and the method is not; else empty
 */
record RouteMatch(@Nullable Route route, String parameter, String allow) {
    /** No route has such a path. */
    static final RouteMatch NONE = new RouteMatch(null, "", "");

    /** The template of the route that matched. */
    Optional<String> template() {
        return route == null ? Optional.empty() : Optional.of(route.template());
    }
}
