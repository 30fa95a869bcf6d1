package io.tollgate.tls;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at files in an interval, on a thread of its own, and again soon after a look that saw a change. */
final class FilesWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FilesWatch.class);
    private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final long intervalNanos;
    private final BooleanSupplier look;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    FilesWatch(Duration interval, BooleanSupplier look) {
        this.intervalNanos = interval.toNanos();
        this.look = look;
        this.thread = new Thread(this::run, "tollgate-tls-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        long pause = intervalNanos;
        while (!isClosedWithin(pause)) {
            pause = intervalNanos;
            try {
                if (look.getAsBoolean()) {
                    pause = Math.min(intervalNanos, SOON_NANOS);
                }
            } catch (Throwable e) {
                complain(e);
            }
        }
    }

    private static void complain(Throwable e) {
        try {
            log.error("looking at TLS files failed", e);
        } catch (Throwable ignored) {
            // Not even a log that fails may end the watch.
        }
    }

    private boolean isClosedWithin(long nanos) {
        try {
            return closed.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return false; // a listener interrupted this thread, which only close() ends
        }
    }

    /** Ends the watch, and waits for a look in progress for at most 5 s, unless this is called from it. */
    @Override
    public void close() {
        closed.countDown();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
