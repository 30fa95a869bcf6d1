package io.tollgate.auth.threads;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads on which keys and lists are refreshed; they keep no process alive. */
public final class DaemonThread {
    private DaemonThread() {}

    /** Returns an executor with one thread of that name, to be shut down by the caller. */
    public static ScheduledExecutorService scheduler(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }

    /**
     * Runs a task again and again, the delay apart, until the executor is shut down. The task should log what fails; if it
     * throws all the same, an {@link Error} included, it runs again.
     */
    public static void repeat(ScheduledExecutorService executor, Runnable task, Duration first, Duration delay) {
        Runnable surviving = () -> {
            try {
                task.run();
            } catch (Throwable e) {
                // A task that throws would never run again. There may be no memory left to log with.
            }
        };
        ScheduledFuture<?> unused =
                executor.scheduleWithFixedDelay(surviving, first.toNanos(), delay.toNanos(), TimeUnit.NANOSECONDS);
    }
}
