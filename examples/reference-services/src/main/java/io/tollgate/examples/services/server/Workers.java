package io.tollgate.examples.services.server;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Threads that may block or compute, with a bounded queue before them. What does not fit is refused with
 * {@code UNAVAILABLE}, and what nobody waits for any more is left undone. Thread-safe.
 */
public final class Workers implements AutoCloseable {
    private final ThreadPoolExecutor executor;

    /**
     * Starts when first used.
     *
     * @param name of the threads
     * @param queue how many tasks may wait, at least 1
     */
    public Workers(String name, int threads, int queue) {
        requireNonNull(name, "name");
        AtomicInteger number = new AtomicInteger();
        executor =
                new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queue), task -> {
                    Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /**
     * Runs {@code task} on one of the threads, in the context of the calling thread's call.
     *
     * @return completed on that thread, which dependents must not block; fails with a {@link StatusRuntimeException} of
     *     {@code UNAVAILABLE} if too many wait already, of {@code CANCELLED} if the caller is gone when its turn comes
     */
    public <T> CompletionStage<T> submit(Supplier<T> task) {
        Context context = Context.current();
        String requestId = RequestId.current();
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            executor.execute(() ->
                    context.run(() -> RequestId.logging(requestId, () -> complete(result, task, context))));
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(overloaded());
        }
        return result.minimalCompletionStage();
    }

    /** Refuses what comes from now on and waits for what was accepted. Idempotent. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private static <T> void complete(CompletableFuture<T> result, Supplier<T> task, Context context) {
        if (context.isCancelled()) {
            result.completeExceptionally(Status.CANCELLED
                    .withDescription("the caller did not wait for the answer")
                    .asRuntimeException());
            return;
        }
        T value;
        try {
            value = task.get();
        } catch (Throwable e) {
            result.completeExceptionally(e);
            return;
        }
        result.complete(value);
    }

    /** UNAVAILABLE rather than RESOURCE_EXHAUSTED, which callers read as having asked for too much themselves. */
    private static StatusRuntimeException overloaded() {
        RetryInfo inASecond = RetryInfo.newBuilder()
                .setRetryDelay(Duration.newBuilder().setSeconds(1))
                .build();
        return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(Code.UNAVAILABLE_VALUE)
                .setMessage("The service is busy. Please try again.")
                .addDetails(Any.pack(inASecond))
                .build());
    }
}
