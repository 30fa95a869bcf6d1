package io.tollgate.runner.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
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
        Later<T, R> later = new Later<>(next);
        CompletableFuture<T> unused = future.whenComplete(later);
        return later;
    }

    /** {@code next} of the value of {@code stage}; what {@code next} throws fails the result. */
    static <T, R> CompletionStage<R> flatMap(CompletionStage<T> stage, Function<T, CompletionStage<R>> next) {
        return flatHandle(
                stage,
                (value, failure) -> failure == null ? next.apply(value) : CompletableFuture.failedFuture(failure));
    }

    /** A step that waits for the one before, in one object: {@code thenApply} and {@code thenCompose} take four. */
    private static final class Later<T, R> extends CompletableFuture<R> implements BiConsumer<T, Throwable> {
        private final BiFunction<@Nullable T, @Nullable Throwable, CompletionStage<R>> next;

        Later(BiFunction<@Nullable T, @Nullable Throwable, CompletionStage<R>> next) {
            this.next = next;
        }

        @Override
        public void accept(@Nullable T value, @Nullable Throwable failure) {
            try {
                next.apply(value, failure).whenComplete(this::end);
            } catch (Throwable e) {
                completeExceptionally(e);
            }
        }

        private void end(@Nullable R result, @Nullable Throwable failure) {
            if (failure == null) {
                complete(result);
            } else {
                completeExceptionally(failure);
            }
        }
    }
}
