package io.tollgate.runner.http;

import io.tollgate.api.token.AccessRule;
import io.tollgate.grpc.transcoding.MatchedRoute;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The route of a request, if there is one: of the gateway's own table, or of a service that is exposed from its descriptors.
 *
 * @param route null if no route of the table has the path or the method
 * @param parameters the values of the parameters of the path, still percent-encoded
 * @param allow the methods of the path if it is known and the method is not; else empty
 * @param transcoded null if no exposed service has the path or the method, or the table has the route
 */
record RouteMatch(
        @Nullable Route route,
        List<String> parameters,
        String allow,
        @Nullable MatchedRoute transcoded) {
    /** No route has the path. */
    static final RouteMatch NONE = none("");

    static RouteMatch none(String allow) {
        return new RouteMatch(null, List.of(), allow, null);
    }

    boolean isFound() {
        return route != null || transcoded != null;
    }

    /** Returns what the route demands of tokens. */
    AccessRule rule() {
        if (route != null) {
            return route.rule();
        }
        return transcoded == null ? AccessRule.open() : transcoded.guarded().rule();
    }

    /** Returns the template of the route. */
    Optional<String> template() {
        if (route != null) {
            return Optional.of(route.template().toString());
        }
        return transcoded == null ? Optional.empty() : transcoded.guarded().template();
    }

    /** Returns the value of a parameter of the path, still percent-encoded; null if the route has none of that name. */
    @Nullable
    String parameter(String name) {
        int index = route == null ? -1 : route.template().indexOf(name);
        return index < 0 ? null : parameters.get(index);
    }
}
