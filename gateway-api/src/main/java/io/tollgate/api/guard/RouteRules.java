package io.tollgate.api.guard;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.PathTemplate;
import io.tollgate.api.token.AccessRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the route of a request and its requirements, for an integration that stands in front of a whole server:
 *
 * <pre>{@code
 * RouteRules rules = RouteRules.builder()
 *         .route("GET", "/events/{id}", AccessRule.open())
 *         .route("/admin/**", AccessRule.token().andOneOfRoles(List.of("admin")))
 *         .otherwise(AccessRule.token())
 *         .build();
 * }</pre>
 *
 * <p>A server with a router of its own implements this interface, so that policies and metrics see the templates of that router.
 * Thread-safe.
 */
@FunctionalInterface
public interface RouteRules {
    /**
     * Returns the route of a request. Called once for each request, on a thread of the server; must not block.
     *
     * @throws io.tollgate.api.GatewayException to reject the request with this error
     */
    GuardedRoute of(HttpRequestHead head);

    /**
     * Returns rules that have the same requirements for every request, whose route is unknown.
     *
     * @see RequestGuard#defaultRule()
     */
    static RouteRules all(AccessRule rule) {
        GuardedRoute route = new GuardedRoute(Optional.empty(), rule);
        return head -> route;
    }

    /** Returns rules that reject every request with {@code INVALID_REQUEST}, for heads that the server could not decode. */
    static RouteRules malformed() {
        return head -> {
            throw GatewayException.of(CommonError.INVALID_REQUEST, "The head of the request is malformed.");
        };
    }

    /** Returns a builder. */
    static Builder builder() {
        return new Builder();
    }

    /** Builds {@link RouteRules}, which try the routes in the order in which they were added. Not thread-safe. */
    final class Builder {
        private final List<RoutePattern> patterns = new ArrayList<>();
        private AccessRule otherwise = AccessRule.token();

        private Builder() {}

        /**
         * Adds a route of any method.
         *
         * @param template the template of its path, such as {@code /events/{id}}; with {@code /**} at its end, it also
         *     stands for all paths below
         */
        public Builder route(String template, AccessRule rule) {
            patterns.add(RoutePattern.of(Optional.empty(), template, rule));
            return this;
        }

        /**
         * Adds a route of one method. A route of {@code GET} also stands for {@code HEAD}.
         *
         * @param method the method in upper case
         * @param template as in {@link #route(String, AccessRule)}
         */
        public Builder route(String method, String template, AccessRule rule) {
            patterns.add(RoutePattern.of(Optional.of(method), template, rule));
            return this;
        }

        /** Sets the requirements of requests that match no route; {@link AccessRule#token()} by default. */
        public Builder otherwise(AccessRule rule) {
            this.otherwise = requireNonNull(rule, "rule");
            return this;
        }

        /** Returns the rules. */
        public RouteRules build() {
            List<RoutePattern> inOrder = List.copyOf(patterns);
            GuardedRoute unmatched = new GuardedRoute(Optional.empty(), otherwise);
            return head -> {
                String path = PathTemplate.normalize(head.path());
                for (RoutePattern pattern : inOrder) {
                    if (pattern.matches(head.method(), path)) {
                        return pattern.route();
                    }
                }
                return unmatched;
            };
        }
    }
}
