package io.tollgate.ratelimit;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.testkit.TestRateLimitContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Applies policies in their phases and settles their reservations, as a guard does. */
final class TestEngine {
    private final RateLimiter limiter;
    private final List<RateLimitPolicy> policies;

    TestEngine(RateLimiter limiter, RateLimitPolicy... policies) {
        this.limiter = limiter;
        this.policies = List.of(policies);
    }

    /** Begins a request with a body: the phases before the outcome are decided. */
    Exchange begin(Supplier<TestRateLimitContext> request) {
        Exchange exchange = new Exchange(request);
        if (exchange.decide(Phase.REQUEST)) {
            exchange.bodyRead = true;
            exchange.decide(Phase.BODY);
        }
        if (!exchange.admitted()) {
            exchange.end(CommonError.RATE_LIMIT_EXCEEDED);
        }
        return exchange;
    }

    /** A request. */
    final class Exchange {
        private final Supplier<TestRateLimitContext> request;
        private final List<RateLimitDecision> decisions = new ArrayList<>();
        private boolean bodyRead;

        private Exchange(Supplier<TestRateLimitContext> request) {
            this.request = request;
        }

        boolean admitted() {
            return decisions.stream().noneMatch(RateLimitDecision::rejects);
        }

        Optional<String> rejectedBy() {
            return decisions.stream()
                    .filter(RateLimitDecision::rejects)
                    .map(RateLimitDecision::policy)
                    .findFirst();
        }

        List<RateLimitDecision> decisions() {
            return decisions;
        }

        /** The response is known; null for a success. Never called for a client that left. */
        void end(@Nullable ErrorCode error) {
            for (RateLimitDecision decision : decisions) {
                boolean charged = error != null && decision.check().chargedOn().contains(error);
                if (decision.check().isReservation() && !charged) {
                    limiter.refund(decision).toCompletableFuture().join();
                }
            }
            ask(Phase.OUTCOME, error);
        }

        private boolean decide(Phase phase) {
            return ask(phase, null).allowed();
        }

        private RateLimitDecisions ask(Phase phase, @Nullable ErrorCode error) {
            List<RateLimitCheck> checks = new ArrayList<>();
            for (RateLimitPolicy policy : policies) {
                if (policy.phases().contains(phase)) {
                    TestRateLimitContext facts = error == null
                            ? request.get().in(phase)
                            : request.get().failed(error);
                    checks.addAll(policy.checks(bodyRead ? facts : facts.withoutAttributes()));
                }
            }
            RateLimitDecisions decided =
                    limiter.decideAll(checks).toCompletableFuture().join();
            decisions.addAll(decided.decisions());
            return decided;
        }
    }
}
