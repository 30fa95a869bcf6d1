package io.tollgate.api.guard;

import io.tollgate.api.GatewayException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
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
        if (future.isDone()) {
            try {
                return future.isCompletedExceptionally()
                        ? future.handle(next).join()
                        : next.apply(future.join(), null); // Most requests take this way: it allocates nothing.
            } catch (RuntimeException e) {
                return CompletableFuture.failedStage(GatewayException.from(e));
            }
        }
        Later<T, R> later = new Later<>(executor, next);
        stage.whenComplete(later);
        return later.minimalCompletionStage();
    }

    /** A continuation that waits for a stage, as one object: a chain of stages would be several for each of its steps. */
    private static final class Later<T, R> extends CompletableFuture<R> implements BiConsumer<T, Throwable>, Runnable {
        private final Executor executor;
        private final BiFunction<@Nullable T, @Nullable Throwable, CompletionStage<R>> next;
        private @Nullable T value;
        private @Nullable Throwable failure;

        Later(Executor executor, BiFunction<@Nullable T, @Nullable Throwable, CompletionStage<R>> next) {
            this.executor = executor;
            this.next = next;
        }

        /** The stage is complete. */
        @Override
        public void accept(@Nullable T stageValue, @Nullable Throwable stageFailure) {
            value = stageValue;
            failure = stageFailure;
            try {
                executor.execute(this);
            } catch (Throwable e) {
                completeExceptionally(GatewayException.from(e));
            }
        }

        /** On the executor. */
        @Override
        public void run() {
            try {
                next.apply(value, failure).whenComplete(this::end);
            } catch (Throwable e) {
                completeExceptionally(GatewayException.from(e));
            }
        }

        private void end(@Nullable R result, @Nullable Throwable error) {
            if (error == null) {
                complete(result);
            } else {
                completeExceptionally(error);
            }
        }
    }
}
