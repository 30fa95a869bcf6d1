package io.tollgate.runner.http;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The route of a request, if there is one.
 *
 * @param route null if no route has the path or the method
 * @param parameters the values of the parameters of the path, still percent-encoded
 * @param allow the methods of the path if it is known and the method is not; else empty
 */
record RouteMatch(@Nullable Route route, List<String> parameters, String allow) {
    /** No route has the path. */
    static final RouteMatch NONE = new RouteMatch(null, List.of(), "");

    /** Returns the template of the route. */
    Optional<String> template() {
        return route == null ? Optional.empty() : Optional.of(route.template().toString());
    }

    /** Returns the value of a parameter of the path, still percent-encoded; null if the route has none of that name. */
    @Nullable
    String parameter(String name) {
        int index = route == null ? -1 : route.template().indexOf(name);
        return index < 0 ? null : parameters.get(index);
    }
}
