package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.user.UserGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** The route table: all that the gateway answers. As a filter it finds the route, as an endpoint it follows it. */
public final class Routes implements Filter, Endpoint {
    /** The templates of the routes that take a token. */
    public static final Set<String> WITH_TOKEN = Set.of(ApiVersions.PURCHASE, ApiVersions.FORMER_PURCHASE);

    /** The template of the route that checks passwords. */
    public static final String LOGIN = ApiVersions.LOGIN;

    private final List<Route> table;
    private final List<Route> pages;
    private final ApiVersions versions;

    /** The table over these services, with these pages for people. */
    public Routes(
            UserGateway userService,
            OrderGateway orderService,
            Health health,
            TokenRoutes tokens,
            ApiVersions versions,
            List<Page> pages) {
        UserEndpoints users = new UserEndpoints(userService);
        OrderEndpoints orders = new OrderEndpoints(orderService);
        List<Route> routes = new ArrayList<>(List.of(
                Route.post(ApiVersions.PURCHASE, orders.purchase()).withToken(tokens.rule(ApiVersions.PURCHASE)),
                Route.post(ApiVersions.FORMER_PURCHASE, orders.purchase()).withToken(tokens.rule(ApiVersions.PURCHASE)),
                Route.post(ApiVersions.REGISTER, users.register()),
                Route.post(ApiVersions.LOGIN, users.login()),
                Route.post(ApiVersions.REFRESH, users.refresh())));
        tokens.logout().ifPresent(logout -> routes.add(Route.post(ApiVersions.LOGOUT, users.logout(logout))));
        routes.add(Route.get("/health", health));
        routes.add(Route.get("/.well-known/jwks.json", new PublicKeys(tokens.publicKeys())));
        this.table = List.copyOf(routes);
        this.pages = pages.stream()
                .map(page -> Route.get(page.path(), page.endpoint()))
                .toList();
        this.versions = requireNonNull(versions, "versions");
    }

    /** Finds the route of a request, or that there is none; which of both is said later, when it has been charged for. */
    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        RouteMatch match = find(request.method(), Paths.normalize(request.path()));
        request.match(match);
        versions.announce(request, match);
        return next.handle(request);
    }

    @Override
    public CompletionStage<HttpResponse> handle(Request request) {
        return requireNonNull(request.match().route(), "route").endpoint().handle(request);
    }

    /** The templates of the API: pages are not in it. */
    List<String> templates() {
        return table.stream().map(Route::template).toList();
    }

    private RouteMatch find(String method, String path) {
        RouteMatch match = find(table, method, path);
        boolean found = match.route() != null || !match.allow().isEmpty();
        return found ? match : find(pages, method, path);
    }

    private static RouteMatch find(List<Route> routes, String method, String path) {
        for (int i = 0; i < routes.size(); i++) {
            Route route = routes.get(i);
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
