package io.tollgate.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Measures what a guard does: tokens by result, decisions by policy, outcome and source, and the time that the limiter takes.
 *
 * <pre>{@code
 * RequestGuard guard = RequestGuard.builder()
 *         .tokens(tokens)
 *         .limiter(limiter, policies)
 *         .listener(new GuardMetrics(registry))
 *         .build();
 * }</pre>
 *
 * <p>Policies beyond the first hundred are counted together, as {@code other}. Finds its meters without allocating.
 * Thread-safe; guards that share a registry may share one, and add up.
 */
public final class GuardMetrics implements RequestListener {
    /** Policies in code may make up their names. */
    static final int MAX_POLICIES = 100;

    private final Map<TokenOutcome, Counter> tokens = new EnumMap<>(TokenOutcome.class);
    private final Timer decisions;
    private final ByLabel<PolicyMeters> policies;

    /** Measures in {@code registry}. */
    public GuardMetrics(MeterRegistry registry) {
        requireNonNull(registry, "registry");
        for (TokenOutcome outcome : TokenOutcome.values()) {
            tokens.put(
                    outcome,
                    Counter.builder("tollgate.tokens.verified")
                            .description("Tokens that were asked for, by what was found")
                            .tag("outcome", outcome.label)
                            .register(registry));
        }
        this.decisions = Durations.shortTimer(
                registry,
                "tollgate.ratelimit.duration",
                "How long the limiter took for what one request asks of it at a time",
                Tags.empty());
        this.policies = new ByLabel<>(MAX_POLICIES, policy -> new PolicyMeters(registry, policy));
    }

    @Override
    public void authenticated(HttpRequestHead head, @Nullable ErrorCode error) {
        requireNonNull(tokens.get(TokenOutcome.of(error)), "counter").increment();
    }

    @Override
    public void decided(HttpRequestHead head, RateLimitDecisions all, long nanos) {
        decisions.record(nanos, TimeUnit.NANOSECONDS);
        List<RateLimitDecision> list = all.decisions();
        for (int i = 0; i < list.size(); i++) {
            RateLimitDecision decision = list.get(i);
            policies.get(decision.policy()).decided(decision);
        }
    }

    @Override
    public void settled(HttpRequestHead head, RateLimitDecision reservation, boolean charged) {
        policies.get(reservation.policy()).settled(reservation, charged);
    }
}
