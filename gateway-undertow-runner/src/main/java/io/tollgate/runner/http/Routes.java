package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.PathTemplate;
import io.tollgate.api.order.OrderGateway;
import io.tollgate.api.token.AccessRule;
import io.tollgate.api.user.UserGateway;
import io.tollgate.grpc.transcoding.MatchedRoute;
import io.tollgate.grpc.transcoding.Transcoder;
import io.tollgate.runner.routes.ApiRoute;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The route table: all that the gateway responds to. As a filter it finds the route, as an endpoint it follows it. */
public final class Routes implements Filter, Endpoint {
    private final List<Route> table;
    private final ApiVersions versions;
    private final Supplier<Transcoder> services;

    private Routes(List<Route> table, ApiVersions versions, Supplier<Transcoder> services) {
        this.table = table;
        this.versions = versions;
        this.services = services;
    }

    /**
     * Returns the table over these services.
     *
     * @param custom routes that were added in code
     * @param pages pages for people, which no other route hides
     * @param services returns the routes of services that are exposed from their descriptors, which come last
     */
    public static Routes of(
            UserGateway userService,
            OrderGateway orderService,
            Health health,
            TokenRoutes tokens,
            ApiVersions versions,
            List<CustomRoute> custom,
            List<Page> pages,
            Supplier<Transcoder> services) {
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
        return new Routes(List.copyOf(routes), requireNonNull(versions, "versions"), services);
    }

    /** Finds the route of a request. One without a route is rejected later, when it has been charged for. */
    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        RouteMatch match = find(request, PathTemplate.normalize(request.path()));
        versions.announce(request, match);
        return next.handle(request.withMatch(match));
    }

    @Override
    public CompletionStage<HttpResponse> handle(Request request) {
        MatchedRoute transcoded = request.match().transcoded();
        if (transcoded != null) {
            // What becomes of a call that is abandoned from here on is not known.
            request.exchange().calling();
            Optional.ofNullable(request.exchange().deadline()).ifPresent(timer -> timer.extend(transcoded.deadline()));
            return transcoded.handle(request);
        }
        return requireNonNull(request.match().route(), "route").endpoint().handle(request);
    }

    /** Returns the templates of all routes. */
    Stream<String> templates() {
        return table.stream().map(route -> route.template().toString());
    }

    private RouteMatch find(Request request, String path) {
        Set<String> allowed = null;
        for (int i = 0; i < table.size(); i++) {
            Route route = table.get(i);
            List<String> parameters = route.template().match(path);
            if (parameters != null) {
                if (route.methods().contains(request.method())) {
                    return new RouteMatch(route, parameters, "", null);
                }
                allowed = allowed == null ? new LinkedHashSet<>() : allowed;
                allowed.addAll(route.methods());
            }
        }
        Transcoder exposed = services.get();
        return exposed.isEmpty() ? notFound(allowed) : find(request, exposed, allowed);
    }

    /** Finds a route of an exposed service, in whose template the path stands as it came. */
    private static RouteMatch find(Request request, Transcoder exposed, @Nullable Set<String> own) {
        Optional<MatchedRoute> found = exposed.route(request);
        if (found.isPresent() && (own == null || !request.method().equals("OPTIONS"))) {
            return new RouteMatch(null, List.of(), "", found.get());
        }
        Set<String> all = own == null ? new LinkedHashSet<>() : own;
        all.addAll(exposed.methods(request.path()));
        return notFound(all.isEmpty() ? null : all);
    }

    private static RouteMatch notFound(@Nullable Set<String> allowed) {
        return allowed == null ? RouteMatch.NONE : RouteMatch.none(String.join(", ", allowed));
    }
}
