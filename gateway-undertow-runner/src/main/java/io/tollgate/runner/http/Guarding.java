package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.GatewayException;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.Rejected;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Authenticates and limits every well-formed request, whether it has a route or not, and settles it at its end. */
public final class Guarding implements Filter {
    private final RequestGuard guard;

    /** Judges by {@code guard}. */
    public Guarding(RequestGuard guard) {
        this.guard = requireNonNull(guard, "guard");
    }

    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        RouteMatch match = request.match();
        // The limiter's thread goes on: the response hops to its own I/O thread when it is written.
        return Stages.flatMap(
                guard.admit(request, match.template(), match.rule(), RequestGuard.SAME_THREAD), admission -> {
                    admission.forEachHeader(request.exchange()::owe);
                    Request judged = request.withAdmission(admission);
                    if (admission instanceof Rejected rejected) {
                        throw rejected.error();
                    }
                    return handle(judged, (Admitted) admission, next);
                });
    }

    /**
     * Applies the policies that need the body, now that it is valid, and calls {@code next}; fails if a policy rejects.
     *
     * @param attributes what policies may know of the body
     */
    static CompletionStage<HttpResponse> charge(Request request, Map<String, String> attributes, Endpoint next) {
        if (!(request.admission() instanceof Admitted admitted)) {
            throw new IllegalStateException("the guard has not admitted the request");
        }
        int before = admitted.decisions().decisions().size();
        return Stages.flatMap(admitted.onBody(attributes), judged -> {
            if (judged.decisions().decisions().size() > before) {
                judged.forEachHeader(request.exchange()::owe);
            }
            if (judged instanceof Rejected rejected) {
                throw rejected.error();
            }
            request.exchange().requireTime();
            request.exchange().calling();
            return next.handle(request);
        });
    }

    private static CompletionStage<HttpResponse> handle(Request request, Admitted admitted, Endpoint next) {
        CompletionStage<HttpResponse> response;
        try {
            response = next.handle(request);
        } catch (RuntimeException e) {
            response = CompletableFuture.failedFuture(e);
        }
        return Stages.flatHandle(response, (made, failure) -> {
            int before = admitted.decisions().decisions().size();
            CompletionStage<@Nullable Void> settled = settle(request.exchange(), admitted, made, failure);
            CompletionStage<HttpResponse> outcome =
                    failure == null ? CompletableFuture.completedFuture(made) : CompletableFuture.failedFuture(failure);
            return Stages.flatMap(settled, done -> {
                if (admitted.decisions().decisions().size() > before) {
                    admitted.forEachHeader(request.exchange()::owe);
                }
                return outcome;
            });
        });
    }

    private static CompletionStage<@Nullable Void> settle(
            Exchange exchange, Admitted admitted, @Nullable HttpResponse response, @Nullable Throwable failure) {
        if (response != null) {
            return admitted.settle(response.status());
        }
        if (exchange.isAbandoned()) {
            // What the service made of a call is unknown, so it stays charged: guesses would be free otherwise, for
            // clients whose timeout ends before the rejection. What never reached a service costs nothing.
            if (exchange.called()) {
                admitted.close();
            } else {
                admitted.abandon();
            }
            return Stages.DONE;
        }
        return admitted.settle(
                GatewayException.from(requireNonNull(failure, "failure")).code());
    }
}
