package io.tollgate.operations.process;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * Closes the parts of a process one after another, and logs each with its time. A part that does not close in time is left to its
 * thread, so that it cannot keep the others open. Not thread-safe.
 *
 * <pre>{@code
 * Shutdown shutdown = new Shutdown(log, Duration.ofSeconds(30), true);
 * shutdown.step("listener", () -> server.stop(20));
 * shutdown.step("redis", limiter::close);
 * }</pre>
 */
public final class Shutdown {
    /** The time that each part has at least, however long those before it took. */
    public static final Duration LEAST = Duration.ofSeconds(2);

    private final Logger log;
    private final boolean logged;
    private final long deadlineNanos;

    /**
     * Begins.
     *
     * @param log gets a line for each part
     * @param within the time for all parts
     * @param logged false to log only what goes wrong
     */
    public Shutdown(Logger log, Duration within, boolean logged) {
        this.log = log;
        this.logged = logged;
        this.deadlineNanos = System.nanoTime() + within.toNanos();
    }

    /** Blocks for that time, unless this thread is interrupted; the interrupt stays set. */
    public void pause(Duration duration) {
        if (duration.isZero()) {
            return;
        }
        log.atInfo().addKeyValue("delay", duration).log("not ready, still accepting connections");
        try {
            TimeUnit.NANOSECONDS.sleep(duration.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes a part in what is left of the time for all, but in at least {@link #LEAST}. Blocks for at most so long. */
    public void step(String name, Runnable close) {
        step(name, Duration.ofNanos(Math.max(LEAST.toNanos(), deadlineNanos - System.nanoTime())), close);
    }

    /** Closes a part. Blocks for at most {@code within}. An interrupt of this thread interrupts the part, and stays set. */
    public void step(String name, Duration within, Runnable close) {
        long start = System.nanoTime();
        Thread thread = new Thread(() -> run(name, close), "shutdown-" + name.replace(' ', '-'));
        thread.setDaemon(true);
        thread.start();
        if (!ends(thread, within)) {
            thread.interrupt();
            log.atWarn()
                    .addKeyValue("step", name)
                    .addKeyValue("limit", within)
                    .log("shutdown step did not end in time, going on without it");
        } else if (logged) {
            log.atInfo()
                    .addKeyValue("step", name)
                    .addKeyValue("duration_ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))
                    .log("shutdown step done");
        }
    }

    private void run(String name, Runnable close) {
        try {
            close.run();
        } catch (Throwable e) { // Errors too: the other parts must not stay open.
            log.atError().setCause(e).addKeyValue("step", name).log("shutdown step failed");
        }
    }

    private static boolean ends(Thread thread, Duration within) {
        long end = System.nanoTime() + within.toNanos();
        boolean interrupted = false;
        while (thread.isAlive() && end - System.nanoTime() > 0) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, end - System.nanoTime()));
            } catch (InterruptedException e) {
                interrupted = true;
                thread.interrupt();
                end = Math.min(end, System.nanoTime() + LEAST.toNanos());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
