package io.tollgate.api.guard;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Goes on after a stage: at once if it is complete, else on an executor. */
final class Steps {
    private Steps() {}

    static <T, R> CompletionStage<R> then(
            CompletionStage<T> stage,
            Executor executor,
            BiFunction<@Nullable T, @Nullable Throwable, CompletionStage<R>> next) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        CompletableFuture<CompletionStage<R>> handled = future.isDone() || executor == RequestGuard.SAME_THREAD
                ? future.handle(next)
                : future.handleAsync(next, executor);
        return handled.isDone() && !handled.isCompletedExceptionally()
                ? handled.join()
                : handled.thenCompose(Function.identity()).minimalCompletionStage();
    }
}
