package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Tells an observer of every request and its answer. Stands outermost, where every answer passes. */
public final class Observed implements Filter {
    private final RequestObserver observer;

    /** Tells {@code observer}. */
    public Observed(RequestObserver observer) {
        this.observer = requireNonNull(observer, "observer");
    }

    @Override
    public CompletionStage<Response> apply(Request request, Endpoint next) {
        observer.started(request);
        CompletableFuture<Response> answer;
        try {
            answer = next.handle(request).toCompletableFuture();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            observer.finished(request, answer.join());
            return answer;
        }
        return answer.whenComplete((response, failure) ->
                observer.finished(request, failure == null ? response : Errors.answer(request, failure)));
    }
}
