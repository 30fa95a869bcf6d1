package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.ratelimit.PartitionKeys;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the policies, each in its phases, has the limiter decide, and sees that the answer tells the client. Thread-safe.
 */
public final class RateLimits {
    private static final Logger log = LoggerFactory.getLogger(RateLimits.class);
    private static final CompletionStage<@Nullable Void> DONE = CompletableFuture.completedFuture(null);

    private final RateLimiter limiter;
    private final RateLimitReport report;
    private final RequestObserver observer;
    private volatile Asked asked;

    /**
     * Limits by {@code policies}, asked in this order.
     *
     * @param standardHeaders whether to send the IETF draft's fields beside the contract's
     * @param partitionKeys makes the partition keys of those fields; null for none
     * @param observer is told every verdict
     */
    public RateLimits(
            RateLimiter limiter,
            List<RateLimitPolicy> policies,
            boolean standardHeaders,
            @Nullable PartitionKeys partitionKeys,
            RequestObserver observer) {
        this.limiter = requireNonNull(limiter, "limiter");
        this.observer = requireNonNull(observer, "observer");
        this.report = new RateLimitReport(standardHeaders, partitionKeys);
        this.asked = new Asked(policies);
    }

    /** The policies that are asked now, in their order. Unmodifiable. */
    public List<RateLimitPolicy> policies() {
        return asked.all;
    }

    /**
     * Asks these policies from now on, all of them or, while this has not returned, none. A request under way is asked the
     * new ones in the phases it has not reached. A bucket whose limit changes keeps the share of it that is left; one that
     * no policy names any more is forgotten when it would be full.
     */
    public void replace(List<RateLimitPolicy> policies) {
        this.asked = new Asked(policies);
    }

    /** Whether any policy wants to know how requests end. */
    boolean chargesOutcomes() {
        return !policiesIn(Phase.OUTCOME).isEmpty();
    }

    /** Charges a request before its body is read. Fails with {@code RATE_LIMIT_EXCEEDED} where it is refused. */
    CompletionStage<@Nullable Void> onRequest(Request request) {
        return enforce(request, Phase.REQUEST, Map.of());
    }

    /** Charges a request whose body is read and valid. Fails with {@code RATE_LIMIT_EXCEEDED} where it is refused. */
    CompletionStage<@Nullable Void> onBody(Request request, Map<String, String> attributes) {
        request.attributes(attributes);
        return policiesIn(Phase.BODY).isEmpty() ? DONE : enforce(request, Phase.BODY, attributes);
    }

    /** Charges a request whose answer is known, as {@link Request#error} says. Refuses nothing, and does not fail. */
    CompletionStage<@Nullable Void> onOutcome(Request request) {
        CompletionStage<RateLimitDecisions> verdict;
        try {
            verdict = decide(request, Phase.OUTCOME, request.attributes());
        } catch (RuntimeException e) {
            verdict = CompletableFuture.failedStage(e);
        }
        return Stages.flatHandle(verdict, (decided, failure) -> {
            if (decided != null) {
                report.offer(request, decided);
            } else {
                LogFields.of(request, log.atError())
                        .setCause(failure)
                        .log("A request could not be charged for its outcome");
            }
            return DONE;
        });
    }

    private CompletionStage<@Nullable Void> enforce(Request request, Phase phase, Map<String, String> attributes) {
        return Stages.flatMap(decide(request, phase, attributes), verdict -> {
            RateLimitDecision refusal = verdict.rejection().orElse(null);
            if (refusal != null) {
                request.admitted(false);
                report.insist(request, verdict);
                throw refusal.toException();
            }
            request.admitted(true);
            report.offer(request, verdict);
            return DONE;
        });
    }

    private CompletionStage<RateLimitDecisions> decide(Request request, Phase phase, Map<String, String> attributes) {
        List<RateLimitPolicy> policies = policiesIn(phase);
        if (policies.isEmpty()) {
            return CompletableFuture.completedFuture(RateLimitDecisions.NONE);
        }
        Facts facts = new Facts(request, phase, attributes);
        List<RateLimitCheck> checks = policies.get(0).checks(facts);
        if (policies.size() > 1) {
            checks = new ArrayList<>(checks);
            for (int i = 1; i < policies.size(); i++) {
                checks.addAll(policies.get(i).checks(facts));
            }
        }
        if (checks.isEmpty()) {
            return CompletableFuture.completedFuture(RateLimitDecisions.NONE);
        }
        long asked = System.nanoTime();
        return limiter.decideAll(checks).whenComplete((verdict, failure) -> {
            if (verdict != null) {
                observer.decided(request, verdict, System.nanoTime() - asked);
            }
        });
    }

    private List<RateLimitPolicy> policiesIn(Phase phase) {
        return requireNonNull(asked.byPhase.get(phase), "phase");
    }

    /** Policies by the phases they are asked in. */
    private static final class Asked {
        final List<RateLimitPolicy> all;
        final Map<Phase, List<RateLimitPolicy>> byPhase = new EnumMap<>(Phase.class);

        Asked(List<RateLimitPolicy> policies) {
            this.all = List.copyOf(policies);
            for (Phase phase : Phase.values()) {
                byPhase.put(
                        phase,
                        all.stream().filter(p -> p.phases().contains(phase)).toList());
            }
        }
    }
}
