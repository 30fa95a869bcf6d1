package io.tollgate.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Watches a file on a thread of its own, and calls back when it has changed and come to rest: when two looks in a row see the
 * same change, so that a file is not read while it is being written. Links are followed, which is how Kubernetes exchanges the
 * files of a ConfigMap.
 */
public final class FileWatch implements AutoCloseable {
    private final Path file;
    private final Runnable onChange;
    private final long intervalNanos;
    private final Thread thread;
    private Stamp acted;
    private volatile boolean closed;

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

    /** Starts to watch; {@code onChange} is called on the thread of the watch. */
    public FileWatch(Path file, Duration interval, Runnable onChange) {
        this.file = file;
        this.onChange = onChange;
        this.intervalNanos = interval.toNanos();
        this.acted = Stamp.of(file);
        this.thread = new Thread(this::run, "tollgate-config-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        Stamp before = acted;
        while (!closed) {
            LockSupport.parkNanos(this, intervalNanos);
            Stamp now = Stamp.of(file);
            if (!closed && !now.equals(acted) && now.equals(before)) {
                acted = now;
                onChange.run();
            }
            before = now;
        }
    }

    /** Ends the watch, and waits for a call of {@code onChange} that is in flight, for at most 5 s. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
