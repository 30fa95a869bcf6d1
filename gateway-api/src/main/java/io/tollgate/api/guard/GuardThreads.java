package io.tollgate.api.guard;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A few daemon threads for callers without an executor of their own. They start at first use, and stop after an idle
 * minute.
 */
final class GuardThreads {
    static final Executor SHARED = create();

    private GuardThreads() {}

    private static Executor create() {
        int threads = Math.max(2, Math.min(8, Runtime.getRuntime().availableProcessors()));
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(threads, threads, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "tollgate-guard-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
