package io.tollgate.config;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches a file on a thread of its own, and calls back when it has changed and come to rest: when two looks in a row see the
 * same change, so that a file is not read while it is being written. Links are followed, which is how Kubernetes exchanges the
 * files of a ConfigMap. A file that is deleted, or replaced by something else, has changed too.
 */
public final class FileWatch implements AutoCloseable {
    private static final Logger log = System.getLogger("io.tollgate.config");

    private final Path file;
    private final Runnable onChange;
    private final long intervalNanos;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);
    private Stamp acted;

    /** The state of the file, by which a change is recognised. */
    private record Stamp(
            @Nullable Object identity, @Nullable FileTime modified, long size) {
        static Stamp of(Path file) {
            try {
                BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                return new Stamp(now.fileKey(), now.lastModifiedTime(), now.size());
            } catch (IOException e) {
                // Reading the file reports what is wrong.
                return new Stamp(null, null, -1);
            }
        }
    }

    /**
     * Starts to watch.
     *
     * @param interval the time between two looks; more than zero
     * @param onChange called on the thread of the watch; if it throws, that is logged, and the next change calls it again
     */
    public FileWatch(Path file, Duration interval, Runnable onChange) {
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("interval: " + interval + " (expected: > 0)");
        }
        this.file = requireNonNull(file, "file");
        this.onChange = requireNonNull(onChange, "onChange");
        this.intervalNanos = interval.toNanos();
        this.acted = Stamp.of(file);
        this.thread = new Thread(this::run, "tollgate-config-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        Stamp before = acted;
        while (!isClosedWithin(intervalNanos)) {
            try {
                Stamp now = Stamp.of(file);
                if (!now.equals(acted) && now.equals(before)) {
                    acted = now;
                    changed();
                }
                before = now;
            } catch (Throwable e) {
                // Not even a log that fails may end the watch; the next look sees the change again.
            }
        }
    }

    private boolean isClosedWithin(long nanos) {
        try {
            return closed.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            // The callback interrupted this thread, which only close() ends.
            return false;
        }
    }

    private void changed() {
        try {
            onChange.run();
        } catch (Throwable e) {
            log.log(Level.ERROR, "the callback for a change of " + file + " failed", e);
        }
    }

    /**
     * Ends the watch, and waits for a call of {@code onChange} that is in flight, for at most 5 s; not if this is called from
     * there.
     */
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
