package io.tollgate.operations;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of the pages: one that looks and samples, and two for what takes its time. */
final class Workers implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Workers.class);
    private static final int THREADS = 2;
    private static final int MAX_QUEUED = 256;

    private final ScheduledExecutorService pulse = Executors.newSingleThreadScheduledExecutor(named("pulse"));
    private final ThreadPoolExecutor workers = new ThreadPoolExecutor(
            THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_QUEUED), named("worker"));

    Workers() {
        workers.allowCoreThreadTimeOut(true);
    }

    /** Runs {@code task} again and again. A failure is logged once, until the task succeeds again. */
    void every(Duration period, String name, Runnable task) {
        Runnable guarded = new Runnable() {
            private boolean failing;

            @Override
            public void run() {
                try {
                    task.run();
                    failing = false;
                } catch (Throwable e) { // A task that throws would not be run again.
                    if (!failing) {
                        log.atError().setCause(e).addKeyValue("task", name).log("A periodic task failed");
                    }
                    failing = true;
                }
            }
        };
        ScheduledFuture<?> unused =
                pulse.scheduleAtFixedRate(guarded, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Returns the result of {@code work}, completed by a worker; fails with {@code OVERLOADED} if too much is queued. */
    <T> CompletionStage<T> call(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            workers.execute(() -> {
                try {
                    result.complete(work.call());
                } catch (Throwable e) {
                    result.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(
                    GatewayException.builder(CommonError.OVERLOADED, "Too many pages are requested. Please try again.")
                            .retryAfter(Duration.ofSeconds(1))
                            .cause(e)
                            .build());
        }
        return result;
    }

    /** Returns the threads for what takes its time; rejects what finds the queue full. */
    Executor executor() {
        return workers;
    }

    /** Stops when what is queued is done. */
    @Override
    public void close() {
        pulse.shutdownNow();
        workers.shutdown();
    }

    private static ThreadFactory named(String role) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "tollgate-operations-" + role + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
