package io.tollgate.api.ratelimit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;

/**
 * Renders decisions as response headers, for any server.
 *
 * <pre>{@code
 * RateLimitVerdict verdict = …;
 * verdict.reported().ifPresent(decision -> RateLimitHeaders.write(decision, response::setHeader));
 * RateLimitHeaders.writeStandard(verdict, response::setHeader);
 * }</pre>
 */
public final class RateLimitHeaders {
    /** Whole tokens that the bucket holds when full. */
    public static final String LIMIT = "X-RateLimit-Limit";
    /** Whole tokens left. */
    public static final String REMAINING = "X-RateLimit-Remaining";
    /** Unix seconds at which the next token arrives, rounded up; now when full. */
    public static final String RESET = "X-RateLimit-Reset";
    /** Tokens per second, two decimals. */
    public static final String REFILL_RATE = "X-RateLimit-RefillRate";

    /** The IETF draft's list of the policies that applied. */
    public static final String STANDARD_POLICY = "RateLimit-Policy";
    /** The IETF draft's list of what is left of each. */
    public static final String STANDARD = "RateLimit";

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private RateLimitHeaders() {}

    /** Hands the contract's four headers for {@code decision} to {@code sink}, name first. */
    public static void write(RateLimitDecision decision, BiConsumer<String, String> sink) {
        Bandwidth bandwidth = decision.bandwidth();
        sink.accept(LIMIT, Long.toString(bandwidth.capacity()));
        sink.accept(REMAINING, Long.toString(decision.remaining()));
        sink.accept(RESET, Long.toString(decision.nextTokenEpochSecond()));
        sink.accept(REFILL_RATE, twoDecimals(bandwidth.tokensPerSecond()));
    }

    /**
     * Hands the two fields of draft-ietf-httpapi-ratelimit-headers-10 for every policy that applied to {@code sink}, name
     * first; nothing where only shadows did, or none.
     *
     * <p>Both are lists of RFC 9651 with one item for each policy, in the order they were asked:
     * {@code RateLimit-Policy: "default";q=100;w=60} is the capacity and the period in seconds of the window that ruled, and
     * {@code RateLimit: "default";r=42;t=1} the whole tokens left and the seconds, rounded up, until the next one arrives.
     * Of a policy that was asked more than once the latest decision on a key counts, and among its keys the one with the
     * least share left.
     */
    public static void writeStandard(RateLimitVerdict verdict, BiConsumer<String, String> sink) {
        List<RateLimitDecision> told = onePerPolicy(verdict.decisions());
        if (told.isEmpty()) {
            return;
        }
        StringBuilder policies = new StringBuilder(32 * told.size());
        StringBuilder states = new StringBuilder(32 * told.size());
        for (RateLimitDecision d : told) {
            // A policy's name is a structured string that needs no escaping, and every number below has fewer than the
            // 15 digits of a structured integer.
            item(policies, d)
                    .append(";q=")
                    .append(d.bandwidth().capacity())
                    .append(";w=")
                    .append(seconds(d.bandwidth().period().toNanos()));
            item(states, d).append(";r=").append(d.remaining()).append(";t=").append(seconds(d.nextTokenNanos()));
        }
        sink.accept(STANDARD_POLICY, policies.toString());
        sink.accept(STANDARD, states.toString());
    }

    private static StringBuilder item(StringBuilder list, RateLimitDecision decision) {
        return list.append(list.isEmpty() ? "\"" : ", \"")
                .append(decision.policy())
                .append('"');
    }

    private static List<RateLimitDecision> onePerPolicy(List<RateLimitDecision> decisions) {
        List<RateLimitDecision> told = new ArrayList<>(decisions.size());
        for (RateLimitDecision d : decisions) {
            if (!d.check().shadow()) {
                int i = indexOf(told, d.policy());
                if (i < 0) {
                    told.add(d);
                } else if (isAboutTheSame(told.get(i), d)
                        || d.shareLeft() < told.get(i).shareLeft()) {
                    told.set(i, d);
                }
            }
        }
        return told;
    }

    private static int indexOf(List<RateLimitDecision> told, String policy) {
        for (int i = 0; i < told.size(); i++) {
            if (told.get(i).policy().equals(policy)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isAboutTheSame(RateLimitDecision a, RateLimitDecision b) {
        return a.check().key().equals(b.check().key());
    }

    private static long seconds(long nanos) {
        return nanos / NANOS_PER_SECOND + (nanos % NANOS_PER_SECOND == 0 ? 0 : 1);
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
