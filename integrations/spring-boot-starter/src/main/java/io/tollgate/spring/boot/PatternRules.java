package io.tollgate.spring.boot;

import io.tollgate.api.guard.GuardedRoute;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.token.AccessRule;
import io.tollgate.spring.boot.TollgateSettings.RouteRequirement;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;

/**
 * Finds the requirements of a request by the properties, and its template by the handlers of the application. Patterns are
 * matched by Spring, as those of handlers are, so that no spelling of a path means one thing here and another there.
 */
final class PatternRules implements RouteRules {
    private final List<RouteRequirement> requirements;
    private final AccessRule otherwise;
    private final UnaryOperator<String> withinApplication;
    private final String handlerPrefix;
    private final Supplier<HandlerTemplates> search;
    private volatile @Nullable HandlerTemplates templates;

    /**
     * Creates rules.
     *
     * @param withinApplication returns the path within the application, for the path of a head
     * @param handlerPrefix begins the paths of all handlers, and is no part of their patterns
     * @param search finds the handlers, when the first request arrives
     */
    PatternRules(
            List<RouteRequirement> requirements,
            AccessRule otherwise,
            UnaryOperator<String> withinApplication,
            String handlerPrefix,
            Supplier<HandlerTemplates> search) {
        this.requirements = requirements;
        this.otherwise = otherwise;
        this.withinApplication = withinApplication;
        this.handlerPrefix = handlerPrefix;
        this.search = search;
    }

    @Override
    public GuardedRoute of(HttpRequestHead head) {
        String text = withinApplication.apply(head.path());
        PathContainer path = PathContainer.parsePath(text);
        RouteRequirement requirement = requirement(head.method(), path);
        Optional<String> template = template(head, text, path);
        if (template.isEmpty() && requirement != null) {
            template = Optional.of(requirement.pattern().getPatternString());
        }
        AccessRule rule = requirement == null ? otherwise : requirement.access().orElse(otherwise);
        return new GuardedRoute(template, rule.requiresToken() && isPreflight(head) ? AccessRule.open() : rule);
    }

    private Optional<String> template(HttpRequestHead head, String text, PathContainer path) {
        if (handlerPrefix.isEmpty()) {
            return templates().of(head, path);
        }
        return text.startsWith(handlerPrefix + "/")
                ? templates().of(head, PathContainer.parsePath(text.substring(handlerPrefix.length())))
                : Optional.empty();
    }

    private @Nullable RouteRequirement requirement(String method, PathContainer path) {
        for (RouteRequirement requirement : requirements) {
            if (accepts(requirement.method(), method) && requirement.pattern().matches(path)) {
                return requirement;
            }
        }
        return null;
    }

    private static boolean accepts(Optional<String> expected, String method) {
        return expected.isEmpty()
                || expected.get().equals(method)
                || (method.equals("HEAD") && expected.get().equals("GET"));
    }

    /** Returns whether a browser asks if it may send a request: without a token, and Spring never passes it to a handler. */
    private static boolean isPreflight(HttpRequestHead head) {
        return head.method().equals("OPTIONS")
                && head.header("Origin").isPresent()
                && head.header("Access-Control-Request-Method").isPresent();
    }

    private HandlerTemplates templates() {
        HandlerTemplates found = templates;
        if (found == null) {
            found = search.get();
            templates = found;
        }
        return found;
    }
}
