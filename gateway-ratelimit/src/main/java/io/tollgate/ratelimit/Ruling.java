package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.ratelimit.Window.Level;

/** Selects the window of a bucket that a decision describes, and makes the decision. */
final class Ruling {
    private Ruling() {}

    /** Returns the window with the smallest share of its capacity left, for a check that is allowed. */
    static int leastLeft(Window[] windows, Level[] levels) {
        int ruling = 0;
        double least = Double.MAX_VALUE;
        for (int i = 0; i < windows.length; i++) {
            double share = (double) levels[i].micros / windows[i].capacityMicros;
            if (share < least) {
                ruling = i;
                least = share;
            }
        }
        return ruling;
    }

    /** Returns the window with the longest wait, for a check that is rejected. */
    static int longestWait(Window[] windows, Level[] levels, long need, long now) {
        int ruling = 0;
        long longest = -1;
        for (int i = 0; i < windows.length; i++) {
            long wait = windows[i].ticksUntil(levels[i], need, now);
            if (wait > longest) {
                ruling = i;
                longest = wait;
            }
        }
        return ruling;
    }

    static RateLimitDecision decision(
            RateLimitCheck asked,
            Window window,
            Level level,
            boolean allowed,
            long need,
            long now,
            long nanosPerTick,
            long epochMicros,
            RateLimitDecision.Source source) {
        long whole = level.micros / Bandwidth.MICROS_PER_TOKEN;
        long next = Math.min((whole + 1) * Bandwidth.MICROS_PER_TOKEN, window.capacityMicros);
        return new RateLimitDecision(
                asked,
                window.bandwidth,
                allowed,
                whole,
                epochMicros,
                nanos(window.ticksUntil(level, next, now), nanosPerTick),
                nanos(window.ticksUntil(level, window.capacityMicros, now), nanosPerTick),
                allowed ? 0 : nanos(window.ticksUntil(level, need, now), nanosPerTick),
                source);
    }

    private static long nanos(long ticks, long nanosPerTick) {
        return ticks > Long.MAX_VALUE / nanosPerTick ? Long.MAX_VALUE : ticks * nanosPerTick;
    }
}
