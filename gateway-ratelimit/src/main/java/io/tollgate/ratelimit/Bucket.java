package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.ratelimit.Window.Level;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What one key has left. The only lock of a decision is the bucket itself. */
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

    /** Decides {@code check}; null when this bucket was evicted and another must be asked. */
    synchronized @Nullable RateLimitDecision decide(RateLimitCheck check, Time time) {
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
        if (allowed) {
            return allow(check, now, time);
        }
        return refuse(check, need, now, time);
    }

    private RateLimitDecision allow(RateLimitCheck check, long now, Time time) {
        int ruling = 0;
        double least = Double.MAX_VALUE;
        for (int i = 0; i < windows.length; i++) {
            levels[i].micros -= check.cost() * Bandwidth.MICROS_PER_TOKEN;
            double share = (double) levels[i].micros / windows[i].capacityMicros;
            if (share < least) {
                ruling = i;
                least = share;
            }
        }
        return decision(check, true, ruling, 0, now, time);
    }

    private RateLimitDecision refuse(RateLimitCheck check, long need, long now, Time time) {
        int ruling = 0;
        long longest = -1;
        for (int i = 0; i < windows.length; i++) {
            long wait = windows[i].nanosUntil(levels[i], need, now);
            if (wait > longest) {
                ruling = i;
                longest = wait;
            }
        }
        return decision(check, false, ruling, longest, now, time);
    }

    private RateLimitDecision decision(
            RateLimitCheck check, boolean allowed, int ruling, long retryAfter, long now, Time time) {
        Window window = windows[ruling];
        Level level = levels[ruling];
        long whole = level.micros / Bandwidth.MICROS_PER_TOKEN;
        long next = Math.min((whole + 1) * Bandwidth.MICROS_PER_TOKEN, window.capacityMicros);
        return new RateLimitDecision(
                check,
                window.bandwidth,
                allowed,
                whole,
                time.epochMicrosAt(now),
                window.nanosUntil(level, next, now),
                window.nanosUntil(level, window.capacityMicros, now),
                retryAfter,
                false);
    }

    /** Another limit for the same key: each window keeps its share, found by its period, else by its place. */
    private void changeTo(RateLimit newLimit, long now) {
        Window[] newWindows = Window.of(newLimit);
        Level[] newLevels = new Level[newWindows.length];
        for (int i = 0; i < newWindows.length; i++) {
            int old = counterpart(newWindows[i].bandwidth.period(), i);
            if (old < 0) {
                newLevels[i] = new Level(newWindows[i].capacityMicros, now);
            } else {
                windows[old].refill(levels[old], now);
                newLevels[i] = new Level(newWindows[i].sameShare(windows[old], levels[old]), now);
            }
        }
        limit = newLimit;
        windows = newWindows;
        levels = newLevels;
    }

    private int counterpart(Duration period, int place) {
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

    /** The largest share that is missing from a window, 0 to 1: what would be given away with this bucket. */
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
