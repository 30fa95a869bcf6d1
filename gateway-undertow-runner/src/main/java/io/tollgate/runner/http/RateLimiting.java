package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.GatewayException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Charges every request that was understood, wherever it leads, and again when its answer is known. */
public final class RateLimiting implements Filter {
    private final RateLimits limits;

    /** Charges by {@code limits}. */
    public RateLimiting(RateLimits limits) {
        this.limits = requireNonNull(limits, "limits");
    }

    @Override
    public CompletionStage<Response> apply(Request request, Endpoint next) {
        return Stages.flatMap(
                limits.onRequest(request),
                admitted -> limits.chargesOutcomes() ? answer(request, next) : next.handle(request));
    }

    private CompletionStage<Response> answer(Request request, Endpoint next) {
        CompletionStage<Response> answer;
        try {
            answer = next.handle(request);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return Stages.flatHandle(answer, (response, failure) -> {
            if (failure != null) {
                request.error(GatewayException.from(failure).code());
            }
            CompletionStage<Response> outcome = failure == null
                    ? CompletableFuture.completedFuture(response)
                    : CompletableFuture.failedFuture(failure);
            return Stages.flatMap(limits.onOutcome(request), charged -> outcome);
        });
    }
}
