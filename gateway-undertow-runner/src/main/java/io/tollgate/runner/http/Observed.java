package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Tells an observer of every request and its answer. Stands outermost, where every answer passes. */
public final class Observed implements Filter {
    private final RequestObserver observer;
    private final Errors errors;

    /** Tells {@code observer}, of a filter's own failure as {@code errors} renders it. */
    public Observed(RequestObserver observer, Errors errors) {
        this.observer = requireNonNull(observer, "observer");
        this.errors = requireNonNull(errors, "errors");
    }

    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        observer.started(request);
        CompletableFuture<HttpResponse> answer;
        try {
            answer = next.handle(request).toCompletableFuture();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            observer.finished(request, answer.join());
            return answer;
        }
        return answer.handle((response, failure) -> {
            HttpResponse told = failure == null ? response : errors.response(request, failure);
            observer.finished(request, told);
            return told;
        });
    }
}
