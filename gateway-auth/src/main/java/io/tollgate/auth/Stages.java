package io.tollgate.auth;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.GatewayException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Maps failures of keys and stores to the errors of callers. */
final class Stages {
    private Stages() {}

    /**
     * Keeps a {@link GatewayException}, and maps exceptions that should never happen to {@code INTERNAL_SERVER_ERROR}.
     * Any other failure means that a store or a key source is unreachable: {@code SERVICE_UNAVAILABLE}.
     */
    static <T> CompletionStage<T> withGatewayErrors(CompletionStage<T> stage) {
        return stage.handle((value, failure) -> failure == null
                        ? CompletableFuture.completedStage(value)
                        : CompletableFuture.<T>failedStage(gatewayError(failure)))
                .thenCompose(stageOfResult -> stageOfResult)
                .toCompletableFuture()
                .minimalCompletionStage();
    }

    static GatewayException gatewayError(Throwable failure) {
        Throwable cause = requireNonNull(cause(failure));
        return cause instanceof GatewayException
                        || cause instanceof IllegalArgumentException
                        || cause instanceof IllegalStateException
                ? GatewayException.from(cause)
                : Rejection.unavailable(cause);
    }

    /** Removes the wrapping that dependent stages add. */
    static @Nullable Throwable cause(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
