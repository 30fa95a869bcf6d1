package io.tollgate.grpc;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs tasks later. */
@FunctionalInterface
interface Timer {
    /**
     * Runs {@code task} after a while. It must not block.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the timer is closed
     */
    void after(long nanos, Runnable task);

    /** Returns a timer with a thread of its own, which ends a second after the last task and starts again with the next. */
    static Real ofThread(String name) {
        return new Real(name);
    }

    /** Returns an executor with a daemon thread, which ends a second after the last task and starts again with the next. */
    static ScheduledThreadPoolExecutor thread(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.setKeepAliveTime(1, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** A timer to be closed; tasks that have not run by then never do. */
    final class Real implements Timer, AutoCloseable {
        private static final Logger log = LoggerFactory.getLogger(Timer.class);

        private final ScheduledThreadPoolExecutor executor;

        private Real(String name) {
            this.executor = thread(name + "-timer");
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for it
        public void after(long nanos, Runnable task) {
            executor.schedule(
                    () -> {
                        try {
                            task.run();
                        } catch (Throwable e) { // the executor would keep it to itself
                            log.error("A task of a timer failed", e);
                        }
                    },
                    nanos,
                    TimeUnit.NANOSECONDS);
        }

        @Override
        public void close() {
            executor.shutdownNow();
        }
    }
}
