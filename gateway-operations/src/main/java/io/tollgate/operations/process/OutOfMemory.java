package io.tollgate.operations.process;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Ends the process when memory runs out, as {@code -XX:+ExitOnOutOfMemoryError} does: after an {@link OutOfMemoryError} threads
 * and connections may be broken in ways that nobody notices, and a restart mends all of them. A jar cannot set that option.
 *
 * <p>An error that ends a thread is seen, and so is one that is logged, as Tollgate's libraries do with what they catch in their
 * loops. One that is caught in silence is not seen, but a heap that stays full is: a thread allocates from time to time.
 */
public final class OutOfMemory {
    /** The status of a process that {@code -XX:+ExitOnOutOfMemoryError} ends. */
    public static final int EXIT_STATUS = 3;

    private static final byte[] MESSAGE = "out of memory, the process ends\n".getBytes(StandardCharsets.UTF_8);
    private static final FileOutputStream ERR = new FileOutputStream(FileDescriptor.err);
    private static final int MAX_CAUSES = 16;
    private static final int PROBE_BYTES = 256 * 1024;
    private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int MAX_FAILURES = 3;

    private OutOfMemory() {}

    /**
     * Ends this process with {@link #EXIT_STATUS} from now on when memory runs out, and sets the default handler of uncaught
     * exceptions, which logs them. Errors that are logged are seen once {@link #watchLog} is called.
     */
    public static void endsTheProcess() {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            check(failure);
            LoggerFactory.getLogger(OutOfMemory.class)
                    .atError()
                    .setCause(failure)
                    .addKeyValue("thread", thread.getName())
                    .log("A thread ended");
        });
        Thread probe = new Thread(OutOfMemory::probe, "memory");
        probe.setDaemon(true);
        probe.start();
    }

    /** Looks at the errors that are logged from now on, by whichever library. Does nothing without Logback. */
    public static void watchLog() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            UnsynchronizedAppenderBase<ILoggingEvent> watch = new UnsynchronizedAppenderBase<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    if (event.getThrowableProxy() instanceof ThrowableProxy logged) {
                        check(logged.getThrowable());
                    }
                }
            };
            watch.setContext(context);
            watch.setName("out-of-memory");
            watch.start();
            context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(watch);
        }
    }

    private static void check(Throwable failure) {
        @Nullable Throwable cause = failure;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (cause instanceof OutOfMemoryError) {
                end();
            }
            cause = cause.getCause();
        }
    }

    private static void probe() {
        int failures = 0;
        while (failures < MAX_FAILURES) {
            LockSupport.parkNanos(PROBE_NANOS);
            failures = canAllocate() ? 0 : failures + 1;
        }
        end();
    }

    private static boolean canAllocate() {
        try {
            return new byte[PROBE_BYTES].length == PROBE_BYTES;
        } catch (OutOfMemoryError e) {
            return false;
        }
    }

    /** Allocates nothing. */
    private static void end() {
        try {
            ERR.write(MESSAGE);
        } catch (IOException e) {
            // There is nobody to tell.
        } finally {
            Runtime.getRuntime().halt(EXIT_STATUS);
        }
    }
}
