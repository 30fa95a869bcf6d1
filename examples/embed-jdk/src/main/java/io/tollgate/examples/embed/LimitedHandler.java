package io.tollgate.examples.embed;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitHeaders;
import io.tollgate.api.ratelimit.RateLimiter;
import java.io.IOException;

/** Lets each address make so many requests, whatever it asks for. */
public final class LimitedHandler implements HttpHandler {
    private final RateLimiter limiter;
    private final RateLimit limit;
    private final HttpHandler next;

    /** Guards {@code next}. */
    public LimitedHandler(RateLimiter limiter, RateLimit limit, HttpHandler next) {
        this.limiter = limiter;
        this.limit = limit;
        this.next = next;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String address = exchange.getRemoteAddress().getAddress().getHostAddress();
        RateLimitCheck check = RateLimitCheck.of("pages", "ip:" + address, limit);
        // This server has a thread for each request, which may wait; an asynchronous one would go on in the stage.
        RateLimitDecision decision = limiter.decide(check).toCompletableFuture().join();

        RateLimitHeaders.write(decision, exchange.getResponseHeaders()::set);
        if (decision.allowed()) {
            next.handle(exchange);
        } else {
            Answers.error(exchange, decision.toException());
        }
    }
}
