package io.tollgate.runner.http;

import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitHeaders;

/** Has the answer tell the client of one decision: the refusal, else the one with the least share left. */
final class RateLimitReport {
    private final boolean standardHeaders;

    RateLimitReport(boolean standardHeaders) {
        this.standardHeaders = standardHeaders;
    }

    /** Reports {@code decision} unless another phase has reported one with less left. */
    void offer(Request request, RateLimitDecision decision) {
        RateLimitDecision before = request.reported();
        if (before == null || decision.shareLeft() < before.shareLeft()) {
            insist(request, decision);
        }
    }

    /** Reports {@code decision}, whatever was reported before. */
    void insist(Request request, RateLimitDecision decision) {
        request.reported(decision);
        RateLimitHeaders.write(decision, request::owe);
        if (standardHeaders) {
            request.owe("RateLimit-Policy", policy(decision));
            request.owe("RateLimit", state(decision));
        }
    }

    /** draft-ietf-httpapi-ratelimit-headers-10, section 3: quota and window in seconds; policy names need no escaping. */
    private static String policy(RateLimitDecision d) {
        long window = Math.max(1, ceilSeconds(d.bandwidth().period().toNanos()));
        return "\"" + d.policy() + "\";q=" + d.bandwidth().capacity() + ";w=" + window;
    }

    /** The draft, section 4: what is left, and seconds until there is more. */
    private static String state(RateLimitDecision d) {
        return "\"" + d.policy() + "\";r=" + d.remaining() + ";t=" + ceilSeconds(d.nextTokenNanos());
    }

    private static long ceilSeconds(long nanos) {
        return nanos / 1_000_000_000 + (nanos % 1_000_000_000 == 0 ? 0 : 1);
    }
}
