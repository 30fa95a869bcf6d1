package io.tollgate.auth.threads;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A few threads on which a blocking client may block, behind a bounded queue; a call that does not fit fails at once. */
public final class BlockingCalls implements AutoCloseable {
    private static final int MAX_WAITING = 1024;

    private final ThreadPoolExecutor threads;

    /** Starts at most {@code count} threads of that name, when there are calls. */
    public BlockingCalls(String name, int count) {
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                count, count, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING), task -> {
                    Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Returns a stage that completes on one of the threads; it fails with what the call throws, or if the queue is full. */
    public <T> CompletionStage<T> call(Supplier<T> call) {
        try {
            return CompletableFuture.supplyAsync(call, threads).minimalCompletionStage();
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /** Stops the threads when the calls that were accepted are done. */
    @Override
    public void close() {
        threads.shutdown();
    }
}
