package io.tollgate.auth;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.GatewayException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** How failures of keys and stores reach a caller. */
final class Stages {
    private Stages() {}

    /**
     * A {@link GatewayException} stays; what should never happen is {@code INTERNAL_SERVER_ERROR}; anything else is a
     * store or a key source out of reach, and so {@code SERVICE_UNAVAILABLE}.
     */
    static <T> CompletionStage<T> withGatewayErrors(CompletionStage<T> stage) {
        return stage.handle((value, failure) -> failure == null
                        ? CompletableFuture.completedStage(value)
                        : CompletableFuture.<T>failedStage(gatewayError(failure)))
                .thenCompose(answer -> answer)
                .toCompletableFuture()
                .minimalCompletionStage();
    }

    static GatewayException gatewayError(Throwable failure) {
        Throwable cause = requireNonNull(cause(failure));
        return cause instanceof GatewayException
                        || cause instanceof IllegalArgumentException
                        || cause instanceof IllegalStateException
                ? GatewayException.from(cause)
                : Refusal.unavailable(cause);
    }

    /** What failed, without the wrapping that stages add. */
    static @Nullable Throwable cause(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
