package io.tollgate.ratelimit;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The results of refunds. */
final class Refunds {
    private static final Logger log = LoggerFactory.getLogger(Refunds.class);

    /** The tokens are back, or none were taken. */
    static final CompletionStage<@Nullable Void> DONE = CompletableFuture.completedStage(null);

    private Refunds() {}

    /** Returns a stage that fails because the tokens are lost. */
    static CompletionStage<@Nullable Void> lost(RateLimitDecision decision, String reason) {
        return CompletableFuture.failedStage(failure(decision, new IllegalStateException(reason)));
    }

    /** Returns a stage that fails because {@code decision} was made elsewhere. */
    static CompletionStage<@Nullable Void> foreign(RateLimitDecision decision, RateLimitDecision.Source own) {
        return lost(decision, "source: " + decision.source() + " (expected: " + own + ")");
    }

    static GatewayException failure(RateLimitDecision decision, Throwable cause) {
        if (log.isDebugEnabled()) {
            log.debug(
                    "A refund was lost: policy={} cost={} source={} reason={}",
                    decision.policy(),
                    decision.check().cost(),
                    decision.source(),
                    Outages.reason(cause));
        }
        return GatewayException.builder(CommonError.SERVICE_UNAVAILABLE, "The tokens could not be given back.")
                .cause(cause)
                .build();
    }
}
