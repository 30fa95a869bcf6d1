package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.http.PathTemplate;
import io.tollgate.api.http.RouteEndpoint;
import io.tollgate.api.token.AccessRule;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A route that was added in code.
 *
 * @param method upper-case; {@code GET} stands for {@code HEAD} too
 * @param template such as {@code /tenants/{tenant}}
 * @param rule what the route demands of tokens
 * @param deadline from the arrival of a request to its response; null for none of its own
 */
public record CustomRoute(
        String method,
        String template,
        AccessRule rule,
        @Nullable Duration deadline,
        RouteEndpoint endpoint) {
    public CustomRoute {
        requireNonNull(rule, "rule");
        requireNonNull(endpoint, "endpoint");
        if (!method.matches("[A-Z]{1,20}")) {
            throw new IllegalArgumentException("method: " + method + " (expected: a method in upper case)");
        }
        PathTemplate.of(template);
        if (deadline != null && (deadline.isNegative() || deadline.isZero())) {
            throw new IllegalArgumentException("deadline: " + deadline + " (expected: > 0)");
        }
    }

    /** Returns whether another route has this one's method and template, whatever the names of its parameters. */
    public boolean hasTheSameRequests(CustomRoute other) {
        return method.equals(other.method) && shape(template).equals(shape(other.template));
    }

    private static String shape(String template) {
        return template.replaceAll("\\{[^}]*}", "{}");
    }

    Route toRoute() {
        return Route.custom(method, template, rule, deadline, request -> {
            // What becomes of a call that is abandoned from here on is not known.
            request.exchange().calling();
            return endpoint.handle(request);
        });
    }
}
