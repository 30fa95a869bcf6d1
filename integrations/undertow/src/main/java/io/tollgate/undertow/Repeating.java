package io.tollgate.undertow;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.xnio.XnioIoThread;

/**
 * A task that an I/O thread runs again and again, until it is closed or the thread ends. XNIO's own repeats log an error if their
 * thread ends while they run.
 */
final class Repeating implements AutoCloseable {
    private final XnioIoThread thread;
    private final long millis;
    private final Runnable task;
    private volatile boolean closed;

    private Repeating(XnioIoThread thread, Duration interval, Runnable task) {
        this.thread = thread;
        this.millis = interval.toMillis();
        this.task = task;
    }

    /** Runs the task for the first time after one interval. */
    static Repeating start(XnioIoThread thread, Duration interval, Runnable task) {
        Repeating repeating = new Repeating(thread, interval, task);
        repeating.schedule();
        return repeating;
    }

    private void schedule() {
        try {
            thread.executeAfter(this::run, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            closed = true; // the thread ends
        }
    }

    private void run() {
        if (closed) {
            return;
        }
        try {
            task.run();
        } finally {
            schedule();
        }
    }

    /** Ends the repeats; one that runs at the moment goes on. */
    @Override
    public void close() {
        closed = true;
    }
}
