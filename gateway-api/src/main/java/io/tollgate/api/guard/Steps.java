package io.tollgate.api.guard;

import io.tollgate.api.GatewayException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Continues after a stage: at once if it is complete, else on an executor. If the continuation throws, the resulting
 * stage fails.
 */
final class Steps {
    private Steps() {}

    static <T, R> CompletionStage<R> then(
            CompletionStage<T> stage,
            Executor executor,
            BiFunction<@Nullable T, @Nullable Throwable, CompletionStage<R>> next) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        if (future.isDone() && !future.isCompletedExceptionally()) {
            try {
                return next.apply(future.join(), null); // Most requests take this way: it allocates nothing.
            } catch (RuntimeException e) {
                return CompletableFuture.failedStage(GatewayException.from(e));
            }
        }
        CompletableFuture<CompletionStage<R>> handled =
                future.isDone() ? future.handle(next) : future.handleAsync(next, executor);
        return handled.isDone() && !handled.isCompletedExceptionally()
                ? handled.join()
                : handled.exceptionally(failure -> CompletableFuture.failedStage(GatewayException.from(failure)))
                        .thenCompose(Function.identity())
                        .minimalCompletionStage();
    }
}
