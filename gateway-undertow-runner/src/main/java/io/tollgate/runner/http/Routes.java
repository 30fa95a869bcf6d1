package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.PathTemplate;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.token.AccessRule;
import io.tollgate.api.user.UserGateway;
import io.tollgate.runner.routes.ApiRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** The route table: all that the gateway responds to. As a filter it finds the route, as an endpoint it follows it. */
public final class Routes implements Filter, Endpoint {
    private final List<Route> table;
    private final ApiVersions versions;

    private Routes(List<Route> table, ApiVersions versions) {
        this.table = table;
        this.versions = versions;
    }

    /**
     * Returns the table over these services.
     *
     * @param custom routes that were added in code
     * @param pages pages for people, which no other route hides
     */
    public static Routes of(
            UserGateway userService,
            OrderGateway orderService,
            Health health,
            TokenRoutes tokens,
            ApiVersions versions,
            List<CustomRoute> custom,
            List<Page> pages) {
        UserEndpoints users = new UserEndpoints(userService);
        Endpoint purchase = new OrderEndpoints(orderService).purchase();
        AccessRule buyers = tokens.rule(ApiRoute.PURCHASE.template());
        AccessRule open = AccessRule.open();
        List<Route> routes = new ArrayList<>(List.of(
                Route.of(ApiRoute.PURCHASE, buyers, purchase),
                Route.of(ApiRoute.FORMER_PURCHASE, buyers, purchase),
                Route.of(ApiRoute.REGISTER, open, users.register()),
                Route.of(ApiRoute.LOGIN, open, users.login()),
                Route.of(ApiRoute.REFRESH, open, users.refresh())));
        tokens.logout().ifPresent(logout -> routes.add(Route.of(ApiRoute.LOGOUT, open, users.logout(logout))));
        routes.add(Route.local(ApiRoute.HEALTH.template(), health));
        routes.add(Route.local(ApiRoute.PUBLIC_KEYS.template(), new PublicKeys(tokens.publicKeys())));
        custom.forEach(route -> routes.add(route.toRoute()));
        pages.forEach(page -> routes.add(Route.local(page.path(), page.endpoint())));
        return new Routes(List.copyOf(routes), requireNonNull(versions, "versions"));
    }

    /** Finds the route of a request. One without a route is rejected later, when it has been charged for. */
    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        RouteMatch match = find(request.method(), PathTemplate.normalize(request.path()));
        versions.announce(request, match);
        return next.handle(request.withMatch(match));
    }

    @Override
    public CompletionStage<HttpResponse> handle(Request request) {
        return requireNonNull(request.match().route(), "route").endpoint().handle(request);
    }

    /** Returns the templates of all routes. */
    Stream<String> templates() {
        return table.stream().map(route -> route.template().toString());
    }

    private RouteMatch find(String method, String path) {
        List<String> allowed = null;
        for (int i = 0; i < table.size(); i++) {
            Route route = table.get(i);
            List<String> parameters = route.template().match(path);
            if (parameters != null) {
                if (route.methods().contains(method)) {
                    return new RouteMatch(route, parameters, "");
                }
                allowed = allowed == null ? new ArrayList<>() : allowed;
                allowed.addAll(route.methods());
            }
        }
        return allowed == null ? RouteMatch.NONE : new RouteMatch(null, List.of(), String.join(", ", allowed));
    }
}
