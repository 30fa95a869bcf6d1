package io.tollgate.api.guard;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request to handle. Its end must be said once, by {@link #settle(int)}, {@link #settle(ErrorCode)}, {@link #abandon} or
 * {@link #close}, since reservations are charged or refunded by it; the first of these counts, and the others do nothing.
 *
 * <pre>{@code
 * try (Admitted request = admitted) {
 *     request.settle(handle(exchange, request.principal()));  // the status of the response
 * }                                                          // an exception leaves the end unknown
 * }</pre>
 */
public final class Admitted implements Admission, AutoCloseable {
    private final GuardedRequest request;

    Admitted(GuardedRequest request) {
        this.request = request;
    }

    /**
     * Applies the policies that need the body, once it is read and valid. Only routes with such policies (a login) need to
     * call this, at most once.
     *
     * @param attributes facts of the body, such as {@code account}, the email of a login
     * @return this, or a {@link Rejected}, which settles the request; completed like
     *     {@link RequestGuard#admit(io.tollgate.api.http.HttpRequestHead, Optional, io.tollgate.api.token.AccessRule,
     *     java.util.concurrent.Executor)}
     */
    public CompletionStage<Admission> onBody(Map<String, String> attributes) {
        return request.onBody(attributes, this);
    }

    /**
     * Settles by the status of the response, 200 to 599. A reservation is kept if one of its errors has this status; all
     * others are refunded.
     *
     * @return completed when what is charged at the end of a request is decided, and {@link #forEachHeader} has the last
     *     word on headers. Never fails
     */
    public CompletionStage<@Nullable Void> settle(int httpStatus) {
        if (httpStatus < 200 || httpStatus > 599) {
            throw new IllegalArgumentException("httpStatus: " + httpStatus + " (expected: 200 to 599)");
        }
        return request.settle(httpStatus);
    }

    /**
     * Settles by the error that the request ended with. A reservation is kept if this is one of its errors; all others are
     * refunded.
     *
     * @return completed like {@link #settle(int)}
     */
    public CompletionStage<@Nullable Void> settle(ErrorCode error) {
        return request.settle(error);
    }

    /** Settles a request whose client left before anything was done for it: all reservations are refunded. */
    public void abandon() {
        request.abandon();
    }

    /**
     * Settles a request whose end is unknown, such as one whose client left while a service worked on it: all reservations are
     * kept.
     */
    @Override
    public void close() {
        request.close();
    }

    /** Handles the request on this thread, settles it, and returns the response, complete with its headers. */
    HttpResponse respond(ErrorRenderer errors, String requestId, Function<Admitted, HttpResponse> handler) {
        HttpResponse response;
        CompletionStage<@Nullable Void> settled;
        try {
            response = handler.apply(this);
            settled = settle(response.status());
        } catch (RuntimeException e) {
            GatewayException error = GatewayException.from(e);
            settled = request.failed(error);
            response = errors.render(error, request.head(), requestId);
        } finally {
            close(); // Does nothing, but for an Error: the end is unknown then.
        }
        settled.toCompletableFuture().join();
        return complete(response);
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
        return "Admitted[" + request.principal().map(Principal::userId).orElse("anonymous") + "]";
    }
}
