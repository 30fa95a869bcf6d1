package io.tollgate.api.guard;

import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.BiConsumer;

/** A request that must not be handled. Its reservations are already settled. */
public final class Rejected implements Admission {
    private final GuardedRequest request;
    private final GatewayException error;

    Rejected(GuardedRequest request, GatewayException error) {
        this.request = request;
        this.error = error;
    }

    /**
     * Returns the error to respond with: {@code RATE_LIMIT_EXCEEDED}, or one of tokens, such as {@code MISSING_TOKEN},
     * {@code INVALID_TOKEN} or {@code INSUFFICIENT_SCOPE}, or {@code SERVICE_UNAVAILABLE} if tokens cannot be verified now.
     */
    public GatewayException error() {
        return error;
    }

    /**
     * Returns the response, complete with the headers of {@link #forEachHeader}.
     *
     * @param requestId 1 to 128 visible ASCII characters
     */
    public HttpResponse response(ErrorRenderer renderer, String requestId) {
        return complete(renderer.render(error, request.head(), requestId));
    }

    @Override
    public InetAddress clientAddress() {
        return request.clientAddress();
    }

    @Override
    public Optional<Principal> principal() {
        return request.principal();
    }

    @Override
    public RateLimitDecisions decisions() {
        return request.decisions();
    }

    @Override
    public Optional<RateLimitDecision> reported() {
        return request.reported();
    }

    @Override
    public void forEachHeader(BiConsumer<String, String> sink) {
        request.forEachHeader(sink);
    }

    @Override
    public String toString() {
        return "Rejected[" + error.code().name() + "]";
    }
}
