package io.tollgate.runner.http;

import io.tollgate.api.ratelimit.PartitionKeys;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitHeaders;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import org.jspecify.annotations.Nullable;

/** Has the answer tell the client of its limits: of the refusal, else of the decision with the least share left. */
final class RateLimitReport {
    private final boolean standardHeaders;
    private final @Nullable PartitionKeys partitionKeys;

    RateLimitReport(boolean standardHeaders, @Nullable PartitionKeys partitionKeys) {
        this.standardHeaders = standardHeaders;
        this.partitionKeys = partitionKeys;
    }

    /** Reports what {@code verdict} has to report unless another phase has reported something with less left. */
    void offer(Request request, RateLimitDecisions verdict) {
        @Nullable RateLimitDecision decision = verdict.reported().orElse(null);
        @Nullable RateLimitDecision before = request.reported();
        if (decision != null && (before == null || decision.shareLeft() < before.shareLeft())) {
            tell(request, decision);
        }
        tellAll(request, verdict);
    }

    /** Reports the refusal in {@code verdict}, whatever was reported before. */
    void insist(Request request, RateLimitDecisions verdict) {
        verdict.rejection().ifPresent(refusal -> tell(request, refusal));
        tellAll(request, verdict);
    }

    private static void tell(Request request, RateLimitDecision decision) {
        request.reported(decision);
        RateLimitHeaders.write(decision, request::owe);
    }

    private void tellAll(Request request, RateLimitDecisions verdict) {
        request.verdict(request.verdict().and(verdict));
        if (standardHeaders && partitionKeys != null) {
            RateLimitHeaders.writeStandard(request.verdict(), partitionKeys, request::owe);
        } else if (standardHeaders) {
            RateLimitHeaders.writeStandard(request.verdict(), request::owe);
        }
    }
}
