package io.tollgate.runner.http;

import io.tollgate.api.http.PathTemplate;
import io.tollgate.api.token.AccessRule;
import io.tollgate.runner.routes.ApiRoute;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of the route table.
 *
 * @param methods upper-case
 * @param rule what the route demands of tokens
 * @param local whether this process responds alone, without calling a service
 * @param deadline from the arrival of a request to its response; null for that of the configuration, if it has one
 */
record Route(
        List<String> methods,
        PathTemplate template,
        Endpoint endpoint,
        AccessRule rule,
        boolean local,
        @Nullable Duration deadline) {
    private static final List<String> GET = List.of("GET", "HEAD");

    /** Returns a route of the API that calls a service. */
    static Route of(ApiRoute route, AccessRule rule, Endpoint endpoint) {
        return new Route(List.of(route.method()), PathTemplate.of(route.template()), endpoint, rule, false, null);
    }

    /** Returns a route that this process responds to alone. */
    static Route local(String path, Endpoint endpoint) {
        return new Route(GET, PathTemplate.of(path), endpoint, AccessRule.open(), true, null);
    }

    /** Returns a route that was added in code. */
    static Route custom(
            String method, String template, AccessRule rule, @Nullable Duration deadline, Endpoint endpoint) {
        List<String> methods = method.equals("GET") ? GET : List.of(method);
        return new Route(methods, PathTemplate.of(template), endpoint, rule, false, deadline);
    }
}
