package io.tollgate.auth;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A few threads on which a blocking client may block, behind a bounded queue; what does not fit fails at once. */
final class BlockingCalls implements AutoCloseable {
    private static final int MAX_WAITING = 1024;

    private final ThreadPoolExecutor threads;

    BlockingCalls(String name, int count) {
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                count, count, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING), task -> {
                    Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Completes on one of the threads; fails with what the call throws, or where there is no room to wait. */
    <T> CompletionStage<T> call(Supplier<T> call) {
        try {
            return CompletableFuture.supplyAsync(call, threads).minimalCompletionStage();
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
