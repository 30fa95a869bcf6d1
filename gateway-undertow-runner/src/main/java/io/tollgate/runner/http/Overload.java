package io.tollgate.runner.http;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Rejects requests for the services while too many are in flight: a response that says so at once is worth more than one
 * that comes too late. Requests that need no service always pass.
 */
public final class Overload implements Filter {
    private final int max;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Runnable leave = inFlight::decrementAndGet;

    /** Admits {@code max} requests at a time. */
    public Overload(int max) {
        if (max < 1) {
            throw new IllegalArgumentException("max: " + max + " (expected: at least 1)");
        }
        this.max = max;
    }

    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        Route route = request.match().route();
        if (route != null && route.local()) {
            return next.handle(request);
        }
        if (inFlight.incrementAndGet() > max) {
            inFlight.decrementAndGet();
            throw GatewayException.builder(
                            CommonError.OVERLOADED, "The gateway is handling too many requests. Please try again.")
                    .retryAfter(Duration.ofSeconds(1))
                    .build();
        }
        request.exchange().onEnd(leave);
        return next.handle(request);
    }
}
