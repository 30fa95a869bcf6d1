package io.tollgate.examples.servlet;

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
import io.tollgate.micrometer.RateLimiterMetrics;
import io.tollgate.micrometer.RequestMetrics;
import io.tollgate.ratelimit.Policies;
import io.tollgate.ratelimit.SharedRateLimiter;
import io.tollgate.servlet.GuardFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** The examples of {@code docs/embedding/servlet.md} and of the Javadoc of {@code gateway-servlet}. */
@SuppressWarnings("all")
abstract class ServletSnippets {
    // GuardFilter
    void register(RequestGuard guard, ServletContext servletContext) {
        GuardFilter.of(guard).register(servletContext, "/*");
    }

    // By hand
    void map(RequestGuard guard, ServletContextHandler application) {
        FilterHolder holder = new FilterHolder(GuardFilter.of(guard));
        holder.setAsyncSupported(true);
        application.addFilter(holder, "/*", EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC));
    }

    // Redis
    void share() {
        SharedRateLimiter limiter = SharedRateLimiter.builder("redis://localhost:6379")
                .namespace("shop")
                .replicas(3)
                .build();
    }

    // Tokens
    void verify(RateLimiter limiter) {
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
    }

    void user(HttpServletRequest request) {
        Principal user = GuardFilter.principal(request).orElseThrow();
    }

    // Users of something else
    void known(RequestGuard guard) {
        GuardFilter filter = GuardFilter.builder(guard)
                .principal(
                        request -> Optional.ofNullable(request.getRemoteUser()).map(Principal::of))
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

    // Blocking
    void block(RequestGuard guard) {
        GuardFilter filter = GuardFilter.builder(guard).blocking(true).build();
    }
}
