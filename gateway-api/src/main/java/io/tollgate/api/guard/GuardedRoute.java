package io.tollgate.api.guard;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.token.AccessRule;
import java.util.Optional;

/**
 * The route of a request, as {@link RequestGuard#admit} takes it.
 *
 * @param template the template of the path, such as {@code /events/{id}}; empty if no route matches
 * @param rule the requirements of the route
 */
public record GuardedRoute(Optional<String> template, AccessRule rule) {
    public GuardedRoute {
        requireNonNull(template, "template");
        requireNonNull(rule, "rule");
    }
}
