package io.tollgate.auth.threads;

import io.tollgate.api.CallContext;
import io.tollgate.api.GatewayException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A few threads on which a blocking client may block, behind a bounded queue. A call that does not fit fails at once. A call
 * that has not begun when its time is over, or when its request is cancelled, fails and never begins.
 */
public final class BlockingCalls implements AutoCloseable {
    private static final int MAX_WAITING = 1024;

    private final ThreadPoolExecutor threads;
    private final ScheduledExecutorService timer;
    private final long timeoutNanos;

    /**
     * Starts at most {@code count} threads of that name, when there are calls.
     *
     * @param timeout the time after which a call fails, begun or not
     */
    public BlockingCalls(String name, int count, Duration timeout) {
        this(name, count, timeout, daemons(name));
    }

    BlockingCalls(String name, int count, Duration timeout, ThreadFactory factory) {
        timeoutNanos = timeout.toNanos();
        timer = DaemonThread.scheduler(name + "-timer");
        threads = new Threads(count, timer, factory);
        threads.allowCoreThreadTimeOut(true);
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Makes a call on one of the threads.
     *
     * @param context of the request; its deadline holds if it is before the timeout
     * @return completes on the thread that made the call; at the deadline or the timeout on a thread of the timer; if the
     *     request is cancelled before the call has begun, on the thread that cancels; already complete if the call cannot be
     *     accepted. Fails with what the call throws; with {@code REQUEST_TIMEOUT} at the deadline of the context, or if the
     *     request is cancelled before the call has begun; with a {@link TimeoutException} at the timeout. A cancellation does
     *     not end a call that has begun. After a deadline or a timeout it is unknown whether such a call took effect
     */
    public <T> CompletionStage<T> call(CallContext context, Call<T> call) {
        Optional<GatewayException> ended = context.ended();
        if (ended.isPresent()) {
            return CompletableFuture.failedStage(ended.get());
        }
        Waiting<T> waiting = new Waiting<>(context, call);
        try {
            threads.execute(waiting);
            waiting.watch();
        } catch (Throwable e) { // Errors too: a thread may not start for want of memory.
            waiting.drop(e);
        }
        return waiting.result.minimalCompletionStage();
    }

    /** Stops the threads when the calls that were accepted are done. */
    @Override
    public void close() {
        threads.shutdown();
    }

    /** A call that may block. */
    @FunctionalInterface
    public interface Call<T> {
        /**
         * Makes the call.
         *
         * @param deadlineNanos the reading of {@link System#nanoTime()} after which its result is not needed any more
         */
        T make(long deadlineNanos) throws TimeoutException;
    }

    /** A call that waits for a thread, and then for its result. */
    private final class Waiting<T> implements Runnable {
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private final AtomicBoolean begun = new AtomicBoolean();
        private final CallContext context;
        private final Call<T> call;
        private final long deadlineNanos;

        Waiting(CallContext context, Call<T> call) {
            this.context = context;
            this.call = call;
            long own = System.nanoTime() + timeoutNanos;
            long ofRequest = context.deadlineNanos().orElse(own);
            this.deadlineNanos = ofRequest - own < 0 ? ofRequest : own;
        }

        /** Fails the call at its deadline, and drops it if it has not begun when the request is cancelled. */
        void watch() {
            ScheduledFuture<?> limit;
            try {
                limit = timer.schedule(this::expire, deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                return; // Closed, and all accepted calls are done.
            }
            CallContext.Registration cancellation = context.onCancel(() -> drop(overtime()));
            CompletableFuture<T> unused = result.whenComplete((value, failure) -> {
                limit.cancel(false);
                cancellation.close();
            });
        }

        @Override
        public void run() {
            if (!begun.compareAndSet(false, true)) {
                return;
            }
            if (context.isCancelled() || deadlineNanos - System.nanoTime() <= 0) {
                result.completeExceptionally(overtime());
                return;
            }
            T value;
            try {
                value = call.make(deadlineNanos);
            } catch (Throwable e) { // Errors too: the caller must not wait for ever.
                result.completeExceptionally(e);
                return;
            }
            result.complete(value);
        }

        private void expire() {
            drop(overtime());
            result.completeExceptionally(overtime());
        }

        private void drop(Throwable reason) {
            if (begun.compareAndSet(false, true)) {
                threads.remove(this); // Its place in the queue is for a call whose client is still there.
                result.completeExceptionally(reason);
            }
        }

        private Exception overtime() {
            Optional<GatewayException> ended = context.ended();
            if (ended.isPresent()) {
                return ended.get();
            }
            return new TimeoutException("no result within " + Duration.ofNanos(timeoutNanos));
        }
    }

    /** The threads, after which the timer ends. */
    private static final class Threads extends ThreadPoolExecutor {
        private final ScheduledExecutorService timer;

        Threads(int count, ScheduledExecutorService timer, ThreadFactory factory) {
            super(count, count, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING), factory);
            this.timer = timer;
        }

        @Override
        protected void terminated() {
            timer.shutdownNow();
        }
    }
}
