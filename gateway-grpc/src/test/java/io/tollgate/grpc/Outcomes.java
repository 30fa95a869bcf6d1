package io.tollgate.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tollgate.api.GatewayException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for stages, for as long as a hang would need to be noticed. */
final class Outcomes {
    private static final long SECONDS = 30;

    private Outcomes() {}

    static <T> T resultOf(CompletionStage<T> stage) throws ExecutionException, InterruptedException, TimeoutException {
        return stage.toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    }

    static GatewayException errorOf(CompletionStage<?> stage) throws InterruptedException, TimeoutException {
        try {
            Object value = stage.toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
            return fail("expected an error, got " + value);
        } catch (ExecutionException e) {
            assertThat(e).cause().isInstanceOf(GatewayException.class);
            return GatewayException.from(e);
        }
    }
}
