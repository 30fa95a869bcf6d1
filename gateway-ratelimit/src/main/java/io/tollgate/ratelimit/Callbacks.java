package io.tollgate.ratelimit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes stages on an executor of the user's choice, or, without one, on the thread that completes their futures. A
 * stage that is already complete needs no executor.
 */
final class Callbacks {
    private static final Logger log = LoggerFactory.getLogger(Callbacks.class);

    private final @Nullable Executor executor;
    private final Once rejected = new Once();

    Callbacks(@Nullable Executor executor) {
        this.executor = executor;
    }

    /** Returns a stage of {@code future} that its holder can neither complete nor cancel. */
    <T> CompletionStage<T> stage(CompletableFuture<T> future) {
        Executor chosen = executor;
        if (chosen == null || future.isDone()) {
            return future.minimalCompletionStage();
        }
        CompletableFuture<T> handed = new CompletableFuture<>();
        CompletionStage<T> completing = future;
        completing.whenComplete((value, failure) -> run(chosen, () -> {
            if (failure == null) {
                handed.complete(value);
            } else {
                handed.completeExceptionally(failure);
            }
        }));
        return handed.minimalCompletionStage();
    }

    /** Completes on the calling thread if the executor rejects the task, so that no request stays without an end. */
    private void run(Executor chosen, Runnable completion) {
        try {
            chosen.execute(completion);
        } catch (Throwable e) {
            completion.run();
            rejected.warn(
                    log,
                    "The callback executor rejected a completion. Such stages complete on the threads of Redis",
                    e);
        }
    }
}
