package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Calls a listener at the beginning and the end of every request. Stands outermost, where every response passes. */
public final class Observed implements Filter {
    private final RequestListener listener;
    private final Errors errors;

    /** Calls {@code listener}; {@code errors} renders the failure of a filter. */
    public Observed(RequestListener listener, Errors errors) {
        this.listener = requireNonNull(listener, "listener");
        this.errors = requireNonNull(errors, "errors");
    }

    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        listener.started(request);
        CompletableFuture<HttpResponse> answer;
        try {
            answer = next.handle(request).toCompletableFuture();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            listener.finished(request.log().finished(answer.join()));
            return answer;
        }
        return answer.handle((response, failure) -> {
            HttpResponse told = failure == null ? response : errors.response(request, failure);
            listener.finished(request.log().finished(told));
            return told;
        });
    }
}
