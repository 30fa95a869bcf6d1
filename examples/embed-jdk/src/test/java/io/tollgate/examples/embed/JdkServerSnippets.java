package io.tollgate.examples.embed;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.token.AccessRule;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.auth.keys.RemoteKeys;
import io.tollgate.httpserver.EndpointHandler;
import io.tollgate.httpserver.GuardFilter;
import io.tollgate.micrometer.RateLimiterMetrics;
import io.tollgate.micrometer.RequestMetrics;
import io.tollgate.operations.OperatorPages;
import io.tollgate.ratelimit.Policies;
import io.tollgate.ratelimit.SharedRateLimiter;
import java.net.URI;
import java.util.List;

/** The examples of {@code docs/embedding/jdk.md} and of the Javadoc of {@code gateway-jdk-httpserver}. */
@SuppressWarnings("all")
abstract class JdkServerSnippets {
    // GuardFilter
    void filter(HttpServer server, HttpHandler hello, RateLimiter limiter, String secret) {
        RequestGuard guard = RequestGuard.builder()
                .tokens(JwtVerifier.builder().secret(secret).build())
                .limiter(limiter, List.of(Policies.standard(RateLimit.perMinute(100))))
                .build();
        server.createContext("/hello", hello).getFilters().add(GuardFilter.of(guard));
    }

    // EndpointHandler
    void endpoint(HttpServer server, OperatorPages pages) {
        server.createContext("/ops", EndpointHandler.of(pages.under("/ops")));
    }

    // Redis
    void share() {
        SharedRateLimiter limiter = SharedRateLimiter.builder("redis://localhost:6379")
                .namespace("hello")
                .replicas(3)
                .build();
    }

    // Tokens
    RequestGuard verify(RateLimiter limiter) {
        RemoteKeys keys = RemoteKeys.builder()
                .uri(URI.create("https://issuer.example/.well-known/jwks.json"))
                .build();
        RequestGuard guard = RequestGuard.builder()
                .tokens(JwtVerifier.builder()
                        .keys(keys)
                        .issuer("https://issuer.example")
                        .build())
                .limiter(limiter, List.of(Policies.standard(RateLimit.perMinute(100))))
                .build();
        return guard;
    }

    void user(HttpExchange exchange) {
        Principal user = GuardFilter.principal(exchange).orElseThrow();
    }

    // RouteRules
    void rules() {
        RouteRules rules = RouteRules.builder()
                .route("GET", "/events/{id}", AccessRule.open())
                .route("/admin/**", AccessRule.token().andOneOfRoles(List.of("admin")))
                .otherwise(AccessRule.token())
                .build();
    }

    // Routes
    void routes(RequestGuard guard) {
        GuardFilter filter = GuardFilter.builder(guard)
                .routes(RouteRules.builder()
                        .route("GET", "/events/**", AccessRule.open())
                        .route("/admin/**", AccessRule.token().andOneOfRoles(List.of("admin")))
                        .otherwise(AccessRule.token())
                        .build())
                .errors(ErrorRenderer.negotiated())
                .build();
    }

    // Metrics
    void measure(MeterRegistry registry, SharedRateLimiter limiter) {
        RequestMetrics metrics = new RequestMetrics(registry);
        RequestGuard guard = RequestGuard.builder()
                .limiter(limiter, List.of(Policies.standard(RateLimit.perMinute(100))))
                .listener(metrics)
                .build();
        GuardFilter filter = GuardFilter.builder(guard).listener(metrics).build();
        new RateLimiterMetrics(limiter.local()).bindTo(registry);
        new RateLimiterMetrics(limiter.fallback()).bindTo(registry);
    }
}
