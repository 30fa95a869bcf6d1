package io.tollgate.examples.benchmarks.peer;

import java.nio.charset.StandardCharsets;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.gateway.filter.ratelimit.KeyResolver;
import org.springframework.cloud.gateway.filter.ratelimit.RedisRateLimiter;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import reactor.core.publisher.Mono;

/**
 * Spring Cloud Gateway with the purchase of Tollgate: a token that is verified once and then cached, Spring's own limiter
 * in Redis by user, one asynchronous gRPC call. It has no metrics, no breaker and no access log.
 */
@SpringBootApplication
public class Peer {
    /** Runs until the process is ended. */
    public static void main(String[] args) {
        SpringApplication.run(Peer.class, args);
    }

    /** Returns the routes: purchases, and the same for an event whose limit is always exceeded. */
    @Bean
    RouteLocator routes(
            RouteLocatorBuilder builder,
            TokenFilter tokens,
            PurchaseFilter purchase,
            KeyResolver user,
            RedisRateLimiter wide,
            @Qualifier("closed") RedisRateLimiter closed) {
        return builder.routes()
                .route("limited", route -> route.path("/api/v1/tickets/limited/purchase")
                        .filters(filters -> filters.filter(tokens)
                                .requestRateLimiter(limit ->
                                        limit.setRateLimiter(closed).setKeyResolver(user))
                                .filter(purchase))
                        .uri("no://op"))
                .route("purchase", route -> route.path("/api/v1/tickets/{event_id}/purchase")
                        .filters(filters -> filters.filter(tokens)
                                .requestRateLimiter(
                                        limit -> limit.setRateLimiter(wide).setKeyResolver(user))
                                .filter(purchase))
                        .uri("no://op"))
                .build();
    }

    /** Returns a limit that no user reaches during a benchmark. */
    @Bean
    @Primary
    RedisRateLimiter wide() {
        return new RedisRateLimiter(2, 1_000_000_000L, 1);
    }

    /** Returns a limit that rejects every request, as each costs more than its bucket holds. */
    @Bean
    RedisRateLimiter closed() {
        return new RedisRateLimiter(1, 1L, 2);
    }

    /** Limits by the user that {@link TokenFilter} found. */
    @Bean
    @Primary
    KeyResolver user() {
        return exchange -> Mono.justOrEmpty(exchange.<String>getAttribute(TokenFilter.USER));
    }

    /** Verifies tokens with the secret of the benchmark. */
    @Bean
    TokenFilter tokens(@Value("${peer.secret}") String secret) {
        return new TokenFilter(secret.getBytes(StandardCharsets.UTF_8));
    }

    /** Calls the backend of the benchmark. */
    @Bean
    PurchaseFilter purchase(@Value("${peer.backend.port}") int backendPort) {
        return new PurchaseFilter(backendPort);
    }
}
