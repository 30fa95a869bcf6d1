package io.tollgate.api.ratelimit;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

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

    /** What the policies grant, as the IETF draft has it (draft-ietf-httpapi-ratelimit-headers-10). */
    public static final String STANDARD_POLICY = "RateLimit-Policy";
    /** What of that is left, as the IETF draft has it. */
    public static final String STANDARD = "RateLimit";

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
     * Hands the two fields of the IETF draft to {@code sink}, name first, each a list of structured fields (RFC 9651) with
     * an item for every policy that applied; nothing if none did. Shadows are left out. A policy that was decided twice
     * reports its later decision.
     *
     * <p>{@code RateLimit-Policy: "daily";q=1000;w=86400} is a window's capacity and, if that is whole seconds, its
     * period. {@code RateLimit: "daily";r=7;t=30} is what is left of the window that ruled, and the seconds until more
     * arrives, rounded up; 0 if it is full. Windows of a policy that has several are named {@code "daily.1"},
     * {@code "daily.2"} ...
     */
    public static void writeStandard(RateLimitDecisions decisions, BiConsumer<String, String> sink) {
        writeFields(decisions, null, sink);
    }

    /**
     * Hands the two fields of the IETF draft to {@code sink} like {@link #writeStandard(RateLimitDecisions, BiConsumer)}, with
     * a partition key in {@code RateLimit-Policy}: {@code "daily";q=1000;w=86400;pk=:cHsBCzCPpyuxd9h9SJQYoQ==:}.
     */
    public static void writeStandard(
            RateLimitDecisions decisions, PartitionKeys partitionKeys, BiConsumer<String, String> sink) {
        writeFields(decisions, requireNonNull(partitionKeys, "partitionKeys"), sink);
    }

    private static void writeFields(
            RateLimitDecisions decisions, @Nullable PartitionKeys partitionKeys, BiConsumer<String, String> sink) {
        Map<String, RateLimitDecision> reported = new LinkedHashMap<>();
        for (RateLimitDecision decision : decisions.decisions()) {
            if (decision.isReported()) {
                reported.put(decision.policy(), decision);
            }
        }
        if (reported.isEmpty()) {
            return;
        }
        StringJoiner policies = new StringJoiner(", ");
        StringJoiner left = new StringJoiner(", ");
        for (RateLimitDecision decision : reported.values()) {
            List<Bandwidth> windows = decision.check().limit().bandwidths();
            int ruling = windows.indexOf(decision.bandwidth());
            if (ruling < 0) {
                // Decided by a share of the limit: that share is what holds, and what is reported.
                windows = List.of(decision.bandwidth());
                ruling = 0;
            }
            String partition = partitionKeys == null ? "" : ";pk=" + partitionKeys.of(decision.check());
            for (int i = 0; i < windows.size(); i++) {
                Bandwidth window = windows.get(i);
                String item = itemName(decision.policy(), i, windows.size()) + ";q=" + window.capacity();
                String seconds = window.period().toNanosPart() == 0
                        ? ";w=" + window.period().toSeconds()
                        : "";
                policies.add(item + seconds + partition);
            }
            left.add(itemName(decision.policy(), ruling, windows.size()) + ";r=" + decision.remaining() + ";t="
                    + wholeSeconds(decision.nextTokenNanos()));
        }
        sink.accept(STANDARD_POLICY, policies.toString());
        sink.accept(STANDARD, left.toString());
    }

    /** A policy's name needs no escaping, and has no dot. */
    private static String itemName(String policy, int window, int windows) {
        return windows == 1 ? '"' + policy + '"' : '"' + policy + '.' + (window + 1) + '"';
    }

    private static long wholeSeconds(long nanos) {
        return nanos / 1_000_000_000L + (nanos % 1_000_000_000L == 0 ? 0 : 1);
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
