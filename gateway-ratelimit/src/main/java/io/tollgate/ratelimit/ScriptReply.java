package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.ratelimit.Window.Level;
import org.jspecify.annotations.Nullable;

/**
 * A decision of the script, and the levels of the bucket after it. Every number was checked against the limit: a reply that
 * no bucket can have, because the bucket was written by something else or the server is no Redis, is not read.
 */
final class ScriptReply {
    /** The numbers of a script are doubles, so the exact ones are below. */
    private static final long MAX_NUMBER = 1L << 53;

    final Window[] windows;
    final boolean allowed;
    /** The time of the decision by the clock of Redis, in microseconds since the epoch. */
    final long now;
    /** The levels after the decision, in the ticks of Redis. Never changed. */
    final Level[] levels;

    private ScriptReply(Window[] windows, boolean allowed, long now, Level[] levels) {
        this.windows = windows;
        this.allowed = allowed;
        this.now = now;
        this.levels = levels;
    }

    /** @throws IllegalStateException for a reply that no bucket of these windows can have */
    static ScriptReply read(Window[] windows, long cost, @Nullable Object reply) {
        Numbers numbers = new Numbers(reply);
        boolean allowed = numbers.next(1) == 1;
        long now = numbers.next(MAX_NUMBER);
        long need = Math.max(1, cost) * Bandwidth.MICROS_PER_TOKEN;
        long taken = allowed ? cost * Bandwidth.MICROS_PER_TOKEN : 0;
        boolean enough = true;
        Level[] levels = new Level[windows.length];
        for (int i = 0; i < windows.length; i++) {
            Window window = windows[i];
            Level level = new Level(numbers.next(window.capacityMicros - taken), numbers.next(now));
            level.remainder = numbers.next(window.interval ? 0 : window.per - 1);
            if (window.interval && now - level.asOf >= window.per) {
                throw numbers.invalid("a period that has not ended");
            }
            enough &= level.micros + taken >= need;
            levels[i] = level;
        }
        numbers.end();
        if (enough != allowed) {
            throw numbers.invalid("a decision that follows from the levels");
        }
        return new ScriptReply(windows, allowed, now, levels);
    }

    /** @throws IllegalStateException for a reply other than the time of the refund, or 0 */
    static void checkRefund(@Nullable Object reply) {
        Numbers numbers = new Numbers(reply);
        numbers.next(MAX_NUMBER);
        numbers.end();
    }

    /** Returns whether every window has at least seven eighths of its capacity. */
    boolean isNearlyFull() {
        for (int i = 0; i < windows.length; i++) {
            // Below 2^53, so that eight times as much is exact.
            if (8 * levels[i].micros < 7 * windows[i].capacityMicros) {
                return false;
            }
        }
        return true;
    }

    /** Returns the decision on {@code check}, to which this is the reply. */
    RateLimitDecision decision(RateLimitCheck check) {
        long need = Math.max(1, check.cost()) * Bandwidth.MICROS_PER_TOKEN;
        int ruling = allowed ? Ruling.leastLeft(windows, levels) : Ruling.longestWait(windows, levels, need, now);
        return Ruling.decision(
                check,
                windows[ruling],
                levels[ruling],
                allowed,
                need,
                now,
                TokenBucketScript.NANOS_PER_TICK,
                now,
                RateLimitDecision.Source.SHARED);
    }

    /** Whole numbers, none negative, with one space between. */
    private static final class Numbers {
        private static final int MAX_DIGITS = 16;
        private static final int MAX_QUOTED = 80;

        private final byte[] text;
        private int at;

        Numbers(@Nullable Object reply) {
            if (!(reply instanceof byte[] bytes)) {
                throw new IllegalStateException("reply: "
                        + (reply == null ? "nothing" : "a " + reply.getClass().getSimpleName())
                        + " (expected: a string)");
            }
            this.text = bytes;
        }

        /** Returns the next number, 0 to {@code most}. */
        long next(long most) {
            if (at > 0 && (at >= text.length || text[at++] != ' ')) {
                throw invalid("more numbers");
            }
            int start = at;
            long number = 0;
            while (at < text.length && text[at] >= '0' && text[at] <= '9') {
                number = number * 10 + (text[at++] - '0');
            }
            if (at == start || at - start > MAX_DIGITS || number > most) {
                throw invalid("a number, 0 to " + most);
            }
            return number;
        }

        void end() {
            if (at != text.length) {
                throw invalid("no more");
            }
        }

        IllegalStateException invalid(String expected) {
            StringBuilder quoted = new StringBuilder();
            for (int i = 0; i < Math.min(text.length, MAX_QUOTED); i++) {
                quoted.append(text[i] >= ' ' && text[i] < 0x7f ? (char) text[i] : '?');
            }
            return new IllegalStateException(
                    "reply: \"" + quoted + "\" (expected at position " + at + ": " + expected + ")");
        }
    }
}
