package io.tollgate.examples.services.server;

import static io.tollgate.examples.services.server.TestClient.detail;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.rpc.RetryInfo;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void refuseWhatDoesNotFitTheQueueAndSayWhenToTryAgain() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Workers workers = new Workers("test", 1, 1)) {
            CompletionStage<Boolean> running = workers.submit(() -> waitFor(release));
            CompletionStage<Boolean> waiting = workers.submit(() -> waitFor(release));

            StatusRuntimeException refusal = refusalOf(workers.submit(() -> waitFor(release)));

            assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(refusal.getStatus().getDescription()).isEqualTo("The service is busy. Please try again.");
            assertThat(detail(refusal, RetryInfo.class).getRetryDelay().getSeconds())
                    .isEqualTo(1);
            release.countDown();
            assertThat(running.toCompletableFuture().join()).isTrue();
            assertThat(waiting.toCompletableFuture().join()).isTrue();
        }
    }

    @Test
    void leaveUndoneWhatNobodyWaitsForAnyMore() {
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean done = new AtomicBoolean();
        try (Workers workers = new Workers("test", 1, 2)) {
            workers.submit(() -> waitFor(release));
            Context.CancellableContext call = Context.current().withCancellation();
            CompletableFuture<CompletionStage<Void>> abandoned = new CompletableFuture<>();
            call.run(() -> abandoned.complete(workers.submit(() -> {
                done.set(true);
                return null;
            })));

            call.cancel(null);
            release.countDown();

            assertThat(refusalOf(abandoned.join()).getStatus().getCode()).isEqualTo(Status.Code.CANCELLED);
            assertThat(done).isFalse();
        }
    }

    @Test
    void passOnWhatATaskFailsWith() {
        try (Workers workers = new Workers("test", 1, 1)) {
            CompletionStage<Object> failed = workers.submit(() -> {
                throw new IllegalStateException("broken");
            });

            assertThatThrownBy(() -> failed.toCompletableFuture().join()).hasRootCauseMessage("broken");
        }
    }

    private static StatusRuntimeException refusalOf(CompletionStage<?> stage) {
        Throwable failure = catchThrowable(() -> stage.toCompletableFuture().join());
        assertThat(failure).isInstanceOf(CompletionException.class);
        assertThat(failure.getCause()).isInstanceOf(StatusRuntimeException.class);
        return (StatusRuntimeException) failure.getCause();
    }

    private static boolean waitFor(CountDownLatch latch) {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
