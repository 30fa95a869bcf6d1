package io.tollgate.api.ratelimit;

import java.util.Locale;
import java.util.function.BiConsumer;

/** Renders decisions as response headers, for any server. */
public final class RateLimitHeaders {
    /** Whole tokens that the bucket holds when full. */
    public static final String LIMIT = "X-RateLimit-Limit";
    /** Whole tokens left. */
    public static final String REMAINING = "X-RateLimit-Remaining";
    /** Unix seconds at which the next token arrives, rounded up; now when full. */
    public static final String RESET = "X-RateLimit-Reset";
    /** Tokens per second, two decimals. */
    public static final String REFILL_RATE = "X-RateLimit-RefillRate";

    private RateLimitHeaders() {}

    /** Hands the contract's four headers for {@code decision} to {@code sink}, name first. */
    public static void write(RateLimitDecision decision, BiConsumer<String, String> sink) {
        Bandwidth bandwidth = decision.bandwidth();
        sink.accept(LIMIT, Long.toString(bandwidth.capacity()));
        sink.accept(REMAINING, Long.toString(decision.remaining()));
        sink.accept(RESET, Long.toString(decision.nextTokenEpochSecond()));
        sink.accept(REFILL_RATE, twoDecimals(bandwidth.tokensPerSecond()));
    }

    /** As {@code %.2f} would, several times faster; rates beyond the range of a long of hundredths take the slow way. */
    static String twoDecimals(double value) {
        if (!(value < 1e15)) {
            return String.format(Locale.ROOT, "%.2f", value);
        }
        long hundredths = Math.round(value * 100);
        long fraction = hundredths % 100;
        return hundredths / 100 + (fraction < 10 ? ".0" : ".") + fraction;
    }
}
