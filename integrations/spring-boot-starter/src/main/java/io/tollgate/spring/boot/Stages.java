package io.tollgate.spring.boot;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Stages as publishers. */
final class Stages {
    private Stages() {}

    /**
     * Returns the result of a stage. A subscriber that cancels, since its client has left, does not cancel the stage: what it
     * stands for goes on, and Reactor discards the result. Stages of the guard cannot be cancelled anyway: to try it throws,
     * which Reactor logs as an error for each such client.
     */
    static <T extends @Nullable Object> Mono<T> mono(CompletionStage<T> stage) {
        return Mono.fromFuture(stage.toCompletableFuture(), true);
    }
}
