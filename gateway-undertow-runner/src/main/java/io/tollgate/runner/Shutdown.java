package io.tollgate.runner;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the parts of a gateway one after another, and logs each with its time. A part that does not close in time is left to its
 * thread, so that it cannot keep the others open.
 */
final class Shutdown {
    /** The time that each part has at least, however long those before it took. */
    static final Duration LEAST = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(Gateway.class);

    private final boolean logged;
    private final long deadlineNanos;

    /**
     * Begins.
     *
     * @param within the time for all parts
     * @param logged false to log only what goes wrong
     */
    Shutdown(Duration within, boolean logged) {
        this.logged = logged;
        this.deadlineNanos = System.nanoTime() + within.toNanos();
    }

    /** Waits, as long as this thread is not interrupted; the interrupt stays set. */
    static void pause(Duration duration) {
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

    /** Closes a part in what is left of the time for all, but in at least {@link #LEAST}. */
    void step(String name, Runnable close) {
        step(name, Duration.ofNanos(Math.max(LEAST.toNanos(), deadlineNanos - System.nanoTime())), close);
    }

    /** Closes a part. An interrupt of this thread interrupts that, and stays set. */
    void step(String name, Duration within, Runnable close) {
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

    private static void run(String name, Runnable close) {
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
