package io.tollgate.httpserver;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks on the thread that waits for their result: so a request uses its own thread only, and policies run there. Tasks that
 * come when no thread waits run where they come from.
 */
final class WaitingThread implements Executor {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final Queue<Runnable> tasks = new ArrayDeque<>(2);
    private boolean waiting;

    /**
     * Waits until a stage is complete, and returns its result. A wait is not interrupted: what completes the stage is bounded in
     * time.
     *
     * @param start starts what submits its tasks to this executor
     * @throws CompletionException if the stage failed
     */
    <T extends @Nullable Object> T join(Supplier<CompletionStage<T>> start) {
        setWaiting(true);
        try {
            CompletableFuture<T> result = start.get().toCompletableFuture();
            if (!result.isDone()) {
                CompletionStage<T> end = result;
                end.whenComplete((value, failure) -> execute(() -> {})); // Wakes this thread.
                while (!result.isDone()) {
                    next().run();
                }
            }
            return result.join();
        } finally {
            setWaiting(false);
            tasks.forEach(Runnable::run); // No other thread adds tasks any more.
            tasks.clear();
        }
    }

    @Override
    public void execute(Runnable task) {
        lock.lock();
        try {
            if (waiting) {
                tasks.add(task);
                added.signal();
                return;
            }
        } finally {
            lock.unlock();
        }
        task.run();
    }

    private Runnable next() {
        lock.lock();
        try {
            while (tasks.isEmpty()) {
                added.awaitUninterruptibly();
            }
            return tasks.remove();
        } finally {
            lock.unlock();
        }
    }

    private void setWaiting(boolean now) {
        lock.lock();
        try {
            waiting = now;
        } finally {
            lock.unlock();
        }
    }
}
