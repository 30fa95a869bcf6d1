package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.user.UserGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** The route table: all that the gateway answers. As a filter it finds the route, as an endpoint it follows it. */
public final class Routes implements Filter, Endpoint {
    private static final String PURCHASE = "/api/v1/tickets/{event_id}/purchase";
    private static final String FORMER_PURCHASE = "/api/v1/orders/{event_id}/purchase";

    /** The templates of the routes that take a token. */
    public static final Set<String> WITH_TOKEN = Set.of(PURCHASE, FORMER_PURCHASE);

    /** The template of the route that checks passwords. */
    public static final String LOGIN = "/api/v1/users/login";

    /** RFC 9745: since when the old path is deprecated, 1 January 2026. */
    private static final String DEPRECATED_SINCE = "@1767225600";

    private final List<Route> table;

    /** The table over these services. */
    public Routes(
            UserGateway userService, OrderGateway orderService, RateLimits limits, Health health, TokenRoutes tokens) {
        UserEndpoints users = new UserEndpoints(userService, limits);
        OrderEndpoints orders = new OrderEndpoints(orderService, limits);
        List<Route> routes = new ArrayList<>(List.of(
                Route.post(PURCHASE, orders.purchase()).withToken(tokens.rule(PURCHASE)),
                Route.post(FORMER_PURCHASE, orders.purchase())
                        .withToken(tokens.rule(PURCHASE))
                        .deprecatedFor(PURCHASE),
                Route.post("/api/v1/users/register", users.register()),
                Route.post(LOGIN, users.login()),
                Route.post("/api/v1/users/refresh", users.refresh())));
        tokens.logout().ifPresent(logout -> routes.add(Route.post("/api/v1/users/logout", users.logout(logout))));
        routes.add(Route.get("/health", health));
        routes.add(Route.get("/.well-known/jwks.json", new PublicKeys(tokens.publicKeys())));
        this.table = List.copyOf(routes);
    }

    /** Finds the route of a request, or that there is none; which of both is said later, when it has been charged for. */
    @Override
    public CompletionStage<Response> apply(Request request, Endpoint next) {
        RouteMatch match = find(request.method(), Paths.normalize(request.path()));
        request.match(match);
        if (match.route() != null && match.route().successor() != null) {
            request.owe("Deprecation", DEPRECATED_SINCE);
            request.owe(
                    "Link",
                    "<" + Route.expand(match.route().successor(), match.parameter()) + ">; rel=\"successor-version\"");
        }
        return next.handle(request);
    }

    @Override
    public CompletionStage<Response> handle(Request request) {
        return requireNonNull(request.match().route(), "route").endpoint().handle(request);
    }

    List<String> templates() {
        return table.stream().map(Route::template).toList();
    }

    private RouteMatch find(String method, String path) {
        for (int i = 0; i < table.size(); i++) {
            Route route = table.get(i);
            String parameter = route.parameterIn(path);
            if (parameter != null) {
                return route.methods().contains(method)
                        ? new RouteMatch(route, parameter, "")
                        : new RouteMatch(null, "", String.join(", ", route.methods()));
            }
        }
        return RouteMatch.NONE;
    }
}
