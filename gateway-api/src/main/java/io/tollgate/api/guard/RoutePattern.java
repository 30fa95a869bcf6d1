package io.tollgate.api.guard;

import io.tollgate.api.http.PathTemplate;
import io.tollgate.api.token.AccessRule;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a route.
 *
 * @param method upper case; empty for every method
 * @param prefix whether the template also stands for all paths below it
 */
record RoutePattern(Optional<String> method, PathTemplate template, boolean prefix, GuardedRoute route) {
    private static final String BELOW = "/**";

    static RoutePattern of(Optional<String> method, String template, AccessRule rule) {
        boolean prefix = template.endsWith(BELOW);
        String path = prefix ? template.substring(0, template.length() - BELOW.length()) : template;
        if (path.indexOf('*') >= 0) {
            throw new IllegalArgumentException("template: " + template + " (expected: /** at the end, or no asterisk)");
        }
        return new RoutePattern(
                method,
                PathTemplate.of(path.isEmpty() ? "/" : path),
                prefix,
                new GuardedRoute(Optional.of(template), rule));
    }

    boolean matches(String requestMethod, String path) {
        return (method.isEmpty() || isMethod(method.get(), requestMethod)) && matches(path);
    }

    private static boolean isMethod(String expected, String actual) {
        return expected.equals(actual) || (expected.equals("GET") && actual.equals("HEAD"));
    }

    private boolean matches(String path) {
        if (!prefix) {
            return template.match(path) != null;
        }
        if (template.toString().equals("/")) {
            return path.startsWith("/");
        }
        String start = start(path);
        return start != null && template.match(start) != null;
    }

    /** Returns as many segments of the path as the template has; null if there are fewer. */
    private @Nullable String start(String path) {
        int segments = (int) template.toString().chars().filter(c -> c == '/').count();
        int end = 0;
        for (int i = 0; i < segments; i++) {
            if (end >= path.length() || path.charAt(end) != '/') {
                return null;
            }
            int next = path.indexOf('/', end + 1);
            end = next < 0 ? path.length() : next;
        }
        return path.substring(0, end);
    }
}
