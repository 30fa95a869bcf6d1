package io.tollgate.grpc;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a backend owes responses and sends nothing. Counts calls from any thread; looks are scheduled only while calls are
 * in flight.
 */
final class Silence {
    /** The time between two looks. */
    static final Duration LOOK = Duration.ofMillis(250);

    private static final long SUSPICIOUS_NANOS = Duration.ofMillis(500).toNanos();
    private static final int UNANSWERED = 3;

    private final Runnable startLooking;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicBoolean looking = new AtomicBoolean();
    private final Set<Runnable> movable = ConcurrentHashMap.newKeySet();
    private volatile long heardNanos = System.nanoTime();
    private volatile long waitingSinceNanos = heardNanos;

    /** @param startLooking schedules the first look */
    Silence(Runnable startLooking) {
        this.startLooking = startLooking;
    }

    /** @param abandon ends the attempt so that another follows elsewhere; null if that must not be */
    void began(@Nullable Runnable abandon) {
        if (abandon != null) {
            movable.add(abandon);
        }
        if (waiting.getAndIncrement() == 0) {
            waitingSinceNanos = System.nanoTime();
        }
        if (!looking.get() && looking.compareAndSet(false, true)) {
            startLooking.run();
        }
    }

    void heard() {
        heardNanos = System.nanoTime();
    }

    void responded(@Nullable Runnable abandon) {
        heard();
        if (unanswered.get() != 0) { // rarely written: all threads share it
            unanswered.set(0);
        }
        over(abandon);
    }

    void ended(@Nullable Runnable abandon, boolean inVain) {
        if (inVain) {
            unanswered.incrementAndGet();
        }
        over(abandon);
    }

    private void over(@Nullable Runnable abandon) {
        waiting.decrementAndGet();
        if (abandon != null) {
            movable.remove(abandon);
        }
    }

    /** Returns whether the backend should be probed. */
    boolean isSuspicious() {
        long now = System.nanoTime();
        return unanswered.get() >= UNANSWERED
                || (waiting.get() > 0
                        && now - heardNanos > SUSPICIOUS_NANOS
                        && now - waitingSinceNanos > SUSPICIOUS_NANOS);
    }

    /** Returns the time at which something came from the backend for the last time. */
    long heardNanos() {
        return heardNanos;
    }

    /** Clears the suspicion: the backend is there, or another connection takes the place of this one. */
    void cleared() {
        unanswered.set(0);
        heard();
    }

    /** Returns whether to look again; if not, the next call starts the looks. */
    boolean goOn() {
        if (waiting.get() > 0 || unanswered.get() >= UNANSWERED) {
            return true;
        }
        looking.set(false);
        return waiting.get() > 0 && looking.compareAndSet(false, true);
    }

    /** Ends the attempts that may be made elsewhere. */
    void abandon() {
        for (Runnable attempt : List.copyOf(movable)) {
            if (movable.remove(attempt)) {
                attempt.run();
            }
        }
    }
}
