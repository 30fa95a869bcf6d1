package io.tollgate.examples.custompolicy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RouteEndpoint;
import io.tollgate.api.http.RoutedRequest;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.token.AccessRule;
import io.tollgate.runner.Tollgate;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A program of your own that is the gateway, with a policy, a route and a filter that code adds. */
public final class OwnGateway {
    private OwnGateway() {}

    public static void main(String[] args) {
        Tollgate.run(
                args,
                gateway -> gateway.policies(new TenantPolicy("writers", "X-Writer", RateLimit.perSecond(20)))
                        .route("GET", "/tenants/{tenant}", AccessRule.token(), OwnGateway::tenant)
                        .filter(OwnGateway::timed));
    }

    private static CompletionStage<HttpResponse> tenant(RoutedRequest request) {
        String user = request.principal().orElseThrow().userId();
        String text = user + " asks for " + request.pathParameter("tenant");
        return CompletableFuture.completedFuture(
                HttpResponse.of(200, "text/plain; charset=utf-8", text.getBytes(UTF_8)));
    }

    private static CompletionStage<HttpResponse> timed(RoutedRequest request, RouteEndpoint next) {
        long start = System.nanoTime();
        return next.handle(request).thenApply(response -> {
            double millis = (System.nanoTime() - start) / 1e6;
            return response.withHeader("Server-Timing", String.format(Locale.ROOT, "app;dur=%.1f", millis));
        });
    }
}
