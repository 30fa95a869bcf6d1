package io.tollgate.auth.threads;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Creates daemon threads, which refresh keys and lists. */
public final class DaemonThread {
    private DaemonThread() {}

    /** Returns an executor with one thread of that name. The caller must shut it down. */
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
     * Runs a task repeatedly until the executor is shut down. Whatever the task throws, an {@link Error} included, is ignored:
     * the task logs its failures itself.
     *
     * @param first the time until the first run
     * @param delay the time from the end of a run to the next one
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
