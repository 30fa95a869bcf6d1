package io.tollgate.runner.routes;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's own routes: the one table of their templates, from which the router, the configuration, policies, the versions
 * of the API and its description take them.
 */
public enum ApiRoute {
    PURCHASE("POST", "/api/v1/tickets/{event_id}/purchase", true),
    /** The path that purchases had before. */
    FORMER_PURCHASE("POST", "/api/v1/orders/{event_id}/purchase", true, LocalDate.of(2026, 1, 1), PURCHASE),
    REGISTER("POST", "/api/v1/users/register", false),
    LOGIN("POST", "/api/v1/users/login", false),
    REFRESH("POST", "/api/v1/users/refresh", false),
    /** Exists where the gateway issues tokens. */
    LOGOUT("POST", "/api/v1/users/logout", false),
    HEALTH("GET", "/health", false),
    PUBLIC_KEYS("GET", "/.well-known/jwks.json", false);

    private static final String VERSIONED = "/api/";

    private final String method;
    private final String template;
    private final boolean takesToken;
    private final @Nullable LocalDate deprecatedSince;
    private final @Nullable ApiRoute successor;

    ApiRoute(String method, String template, boolean takesToken) {
        this(method, template, takesToken, null, null);
    }

    ApiRoute(
            String method,
            String template,
            boolean takesToken,
            @Nullable LocalDate deprecatedSince,
            @Nullable ApiRoute successor) {
        this.method = method;
        this.template = template;
        this.takesToken = takesToken;
        this.deprecatedSince = deprecatedSince;
        this.successor = successor;
    }

    /**
     * The announcement that a route will be removed.
     *
     * @param since the day from which it should not be used any more
     * @param successor the route to use instead
     */
    public record Deprecation(LocalDate since, ApiRoute successor) {
        public Deprecation {
            requireNonNull(since, "since");
            requireNonNull(successor, "successor");
        }
    }

    /** Returns the method; {@code GET} stands for {@code HEAD} too. */
    public String method() {
        return method;
    }

    /** Returns the template of the path, such as {@code /api/v1/tickets/{event_id}/purchase}. */
    public String template() {
        return template;
    }

    /** Returns whether the route takes an access token. */
    public boolean takesToken() {
        return takesToken;
    }

    /** Returns the announcement of the route's removal, if there is one. */
    public Optional<Deprecation> deprecation() {
        return deprecatedSince == null || successor == null
                ? Optional.empty()
                : Optional.of(new Deprecation(deprecatedSince, successor));
    }

    /** Returns the version of the API that the path names, such as {@code v1}; empty for a path outside of it. */
    public Optional<String> version() {
        return template.startsWith(VERSIONED)
                ? Optional.of(template.substring(VERSIONED.length(), template.indexOf('/', VERSIONED.length())))
                : Optional.empty();
    }

    /** Returns the release that has the route first. */
    public String sinceRelease() {
        return "0.1.0";
    }

    /** Returns the templates of all routes. */
    public static List<String> templates() {
        return templates(route -> true);
    }

    /** Returns the templates of the routes that take a token; each stands for its deprecated paths too. */
    public static List<String> templatesWithToken() {
        return templates(route -> route.takesToken && route.deprecatedSince == null);
    }

    /** Returns the templates of the routes of the API, without the deprecated ones. */
    public static List<String> currentTemplates() {
        return templates(route -> route.version().isPresent() && route.deprecatedSince == null);
    }

    /** Returns the templates of the deprecated routes. */
    public static List<String> deprecatedTemplates() {
        return templates(route -> route.deprecatedSince != null);
    }

    private static List<String> templates(Predicate<ApiRoute> which) {
        return Arrays.stream(values()).filter(which).map(ApiRoute::template).toList();
    }
}
