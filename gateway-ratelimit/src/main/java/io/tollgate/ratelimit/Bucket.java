package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.ratelimit.Window.Level;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The tokens of one key. The only lock of a decision is the bucket itself. */
final class Bucket {
    final BucketKey key;
    private RateLimit limit;
    private Window[] windows;
    private Level[] levels;
    private boolean evicted;

    Bucket(BucketKey key, RateLimit limit, Window[] windows, long now) {
        this.key = key;
        this.limit = limit;
        this.windows = windows;
        this.levels = new Level[windows.length];
        for (int i = 0; i < windows.length; i++) {
            levels[i] = new Level(windows[i].capacityMicros, now);
        }
    }

    /**
     * Decides {@code check}, which stands for {@code asked}; returns null if this bucket was evicted, so that the
     * caller gets another.
     */
    synchronized @Nullable RateLimitDecision decide(
            RateLimitCheck check, RateLimitCheck asked, RateLimitDecision.Source source, Time time) {
        if (evicted) {
            return null;
        }
        // Read under the lock: a thread that waited for it must not credit the past once more.
        long now = time.nanos();
        if (!check.limit().equals(limit)) {
            changeTo(check.limit(), now);
        }
        long need = Math.max(1, check.cost()) * Bandwidth.MICROS_PER_TOKEN;
        boolean allowed = true;
        for (int i = 0; i < windows.length; i++) {
            windows[i].refill(levels[i], now);
            allowed &= levels[i].micros >= need;
        }
        if (allowed && check.cost() > 0) {
            for (Level level : levels) {
                level.micros -= need;
            }
        }
        int ruling = allowed ? Ruling.leastLeft(windows, levels) : Ruling.longestWait(windows, levels, need, now);
        return Ruling.decision(
                asked, windows[ruling], levels[ruling], allowed, need, now, 1, time.epochMicrosAt(now), source);
    }

    /** Replaces the limit: each window keeps its share, found by its period, else by its place. */
    private void changeTo(RateLimit newLimit, long now) {
        Window[] newWindows = Window.of(newLimit, 1);
        Level[] newLevels = new Level[newWindows.length];
        for (int i = 0; i < newWindows.length; i++) {
            int old = counterpart(windows, newWindows[i], i);
            if (old < 0) {
                newLevels[i] = new Level(newWindows[i].capacityMicros, now);
            } else {
                windows[old].refill(levels[old], now);
                newLevels[i] = new Level(newWindows[i].sameShare(windows[old], levels[old].micros), now);
            }
        }
        limit = newLimit;
        windows = newWindows;
        levels = newLevels;
    }

    /** Gives the cost of {@code check} back to every window; does nothing if this bucket was evicted. */
    synchronized void refund(RateLimitCheck check, Time time) {
        if (evicted) {
            return;
        }
        long now = time.nanos();
        long micros = check.cost() * Bandwidth.MICROS_PER_TOKEN;
        Window[] taken = check.limit().equals(limit) ? windows : Window.of(check.limit(), 1);
        for (int i = 0; i < windows.length; i++) {
            windows[i].refill(levels[i], now);
            int from = counterpart(taken, windows[i], i);
            if (from >= 0) {
                // When the limit changed, each window kept its share; the refund is converted in the same way.
                windows[i].refund(levels[i], windows[i].sameShare(taken[from], micros), now);
            }
        }
    }

    /**
     * Lowers the windows that hold a greater share of their capacity than in the latest reply of the shared store; raises none.
     * Returns false if this bucket was evicted, so that the caller gets another.
     */
    synchronized boolean lower(RateLimit share, KnownLevels known, Time time) {
        if (evicted) {
            return false;
        }
        long now = time.nanos();
        if (!share.equals(limit)) {
            changeTo(share, now);
        }
        long nanoTimeNow = System.nanoTime();
        for (int i = 0; i < windows.length; i++) {
            windows[i].refill(levels[i], now);
            Level shared = known.level(windows[i], i, now, nanoTimeNow);
            if (shared.micros < levels[i].micros) {
                levels[i] = shared;
            }
        }
        return true;
    }

    /** Returns the place of the window that {@code window}, in place {@code place} of another limit, continues; -1 if none. */
    static int counterpart(Window[] windows, Window window, int place) {
        Duration period = window.bandwidth.period();
        if (place < windows.length && windows[place].bandwidth.period().equals(period)) {
            return place;
        }
        for (int i = 0; i < windows.length; i++) {
            if (windows[i].bandwidth.period().equals(period)) {
                return i;
            }
        }
        return place < windows.length ? place : -1;
    }

    /** Returns the largest share that a window lacks, 0 to 1: the tokens that evicting this bucket would give away. */
    synchronized double missingShare(long now) {
        double most = 0;
        for (int i = 0; i < windows.length; i++) {
            windows[i].refill(levels[i], now);
            most = Math.max(most, 1 - (double) levels[i].micros / windows[i].capacityMicros);
        }
        return most;
    }

    synchronized void evict() {
        evicted = true;
    }
}
