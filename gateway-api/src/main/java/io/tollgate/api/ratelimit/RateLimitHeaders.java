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

    /** The limits of the policies, a field of the IETF draft (draft-ietf-httpapi-ratelimit-headers-10). */
    public static final String STANDARD_POLICY = "RateLimit-Policy";
    /** The tokens left of those limits, a field of the same draft. */
    public static final String STANDARD = "RateLimit";

    private RateLimitHeaders() {}

    /** Passes the four {@code X-RateLimit} headers of a decision to {@code sink}, name first. */
    public static void write(RateLimitDecision decision, BiConsumer<String, String> sink) {
        Bandwidth bandwidth = decision.bandwidth();
        sink.accept(LIMIT, Long.toString(bandwidth.capacity()));
        sink.accept(REMAINING, Long.toString(decision.remaining()));
        sink.accept(RESET, Long.toString(decision.nextTokenEpochSecond()));
        sink.accept(REFILL_RATE, twoDecimals(bandwidth.tokensPerSecond()));
    }

    /**
     * Passes the two fields of the IETF draft to {@code sink}, name first. Each is a list of structured fields (RFC
     * 9651) with an item for every policy that applied; there are no fields if none did. Shadows are omitted. If a
     * policy was decided twice, the later decision is reported.
     *
     * <p>{@code RateLimit-Policy: "daily";q=1000;w=86400} has the capacity of a window and, if it is whole seconds, its
     * period. {@code RateLimit: "daily";r=7;t=30} has the tokens left in the window that the decision describes, and
     * the seconds until more arrive, rounded up; 0 if it is full. The windows of a policy with several are named {@code
     * "daily.1"}, {@code "daily.2"} ...
     */
    public static void writeStandard(RateLimitDecisions decisions, BiConsumer<String, String> sink) {
        writeFields(decisions, null, sink);
    }

    /**
     * Passes the two fields of the IETF draft to {@code sink} like {@link #writeStandard(RateLimitDecisions,
     * BiConsumer)}, with a partition key in {@code RateLimit-Policy}: {@code
     * "daily";q=1000;w=86400;pk=:cHsBCzCPpyuxd9h9SJQYoQ==:}.
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

    /** Returns the quoted name, which needs no escaping and has no dot of its own. */
    private static String itemName(String policy, int window, int windows) {
        return windows == 1 ? '"' + policy + '"' : '"' + policy + '.' + (window + 1) + '"';
    }

    private static long wholeSeconds(long nanos) {
        return nanos / 1_000_000_000L + (nanos % 1_000_000_000L == 0 ? 0 : 1);
    }

    /**
     * Formats like {@code %.2f}, several times faster. Rates beyond the range of a long of hundredths are formatted
     * slowly.
     */
    static String twoDecimals(double value) {
        if (!(value < 1e15)) {
            return String.format(Locale.ROOT, "%.2f", value);
        }
        long hundredths = Math.round(value * 100);
        long fraction = hundredths % 100;
        return hundredths / 100 + (fraction < 10 ? ".0" : ".") + fraction;
    }
}
