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
 * A request to handle. The caller must report its outcome once, by {@link #settle(int)}, {@link #settle(ErrorCode)},
 * {@link #abandon} or {@link #close}, since the outcome decides whether reservations are charged or refunded. The first
 * call counts; later ones do nothing.
 *
 * <pre>{@code
 * try (Admitted request = admitted) {
 *     request.settle(handle(exchange, request.principal())); // the status of the response
 * } // if handle(...) throws, the outcome is unknown
 * }</pre>
 */
public final class Admitted implements Admission, AutoCloseable {
    private final GuardedRequest request;

    Admitted(GuardedRequest request) {
        this.request = request;
    }

    /**
     * Applies the policies that need the body, after it is read and validated. Only routes with such policies (a login)
     * need this call, at most once.
     *
     * @param attributes values from the body, such as {@code account}, the email of a login
     * @return this, or a {@link Rejected}, which settles the request; completed like {@link
     *     RequestGuard#admit(io.tollgate.api.http.HttpRequestHead, Optional, io.tollgate.api.token.AccessRule,
     *     java.util.concurrent.Executor)}
     */
    public CompletionStage<Admission> onBody(Map<String, String> attributes) {
        return request.onBody(attributes, this);
    }

    /**
     * Settles the request by the status of its response, 200 to 599. Keeps the reservations for an error with this
     * status, and refunds all others.
     *
     * @return completed when the charges of the outcome are decided and the headers of {@link #forEachHeader} are
     *     final; never fails
     */
    public CompletionStage<@Nullable Void> settle(int httpStatus) {
        if (httpStatus < 200 || httpStatus > 599) {
            throw new IllegalArgumentException("httpStatus: " + httpStatus + " (expected: 200 to 599)");
        }
        return request.settle(httpStatus);
    }

    /**
     * Settles the request by the error that it ended with. Keeps the reservations for this error, and refunds all
     * others.
     *
     * @return completed like {@link #settle(int)}
     */
    public CompletionStage<@Nullable Void> settle(ErrorCode error) {
        return request.settle(error);
    }

    /** Settles a request whose client left before any work was done for it. Refunds all reservations. */
    public void abandon() {
        request.abandon();
    }

    /**
     * Settles a request whose outcome is unknown, such as one whose client left while a service worked on it. Keeps all
     * reservations.
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
            close(); // Has an effect only after an Error: the outcome is unknown then.
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
