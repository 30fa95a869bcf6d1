package io.tollgate.runner.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Steps that cost little where the stage before is complete already, which on the hot path it mostly is. */
final class Stages {
    /** Nothing to wait for. */
    static final CompletionStage<@Nullable Void> DONE = CompletableFuture.completedFuture(null);

    private Stages() {}

    /** {@code next} of the value or the failure of {@code stage}; what {@code next} throws fails the result. */
    static <T, R> CompletionStage<R> flatHandle(
            CompletionStage<T> stage, BiFunction<@Nullable T, @Nullable Throwable, CompletionStage<R>> next) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        if (future.isDone() && !future.isCompletedExceptionally()) {
            try {
                return next.apply(future.join(), null);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
        return future.handle(next).thenCompose(Function.identity());
    }

    /** {@code next} of the value of {@code stage}; what {@code next} throws fails the result. */
    static <T, R> CompletionStage<R> flatMap(CompletionStage<T> stage, Function<T, CompletionStage<R>> next) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        if (future.isDone() && !future.isCompletedExceptionally()) {
            try {
                return next.apply(future.join());
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
        return future.thenCompose(next);
    }
}
