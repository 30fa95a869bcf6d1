package io.tollgate.runner.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Counts decisions by policy, outcome and source. Policies beyond the first hundred are {@code other} together. */
final class PolicyMeters {
    /** Policies of users' own may make up their names. */
    static final int MAX_POLICIES = 100;

    private static final String OTHER = "other";
    private static final String[] OUTCOMES = {"allowed", "refused", "shadow_refused"};
    private static final String[] SOURCES = {"shared", "local", "fallback"};

    private final MeterRegistry registry;
    private final ConcurrentMap<String, AtomicReferenceArray<@Nullable Counter>> policies = new ConcurrentHashMap<>();

    PolicyMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    void count(RateLimitDecision decision, boolean shared) {
        String policy = decision.policy();
        AtomicReferenceArray<@Nullable Counter> counters = policies.get(policy);
        if (counters == null) {
            if (policies.size() >= MAX_POLICIES) {
                policy = OTHER;
            }
            counters =
                    policies.computeIfAbsent(policy, p -> new AtomicReferenceArray<>(OUTCOMES.length * SOURCES.length));
        }
        int outcome = decision.allowed() ? 0 : decision.check().shadow() ? 2 : 1;
        int source = decision.fallback() ? 2 : shared ? 0 : 1;
        int index = outcome * SOURCES.length + source;
        Counter counter = counters.get(index);
        if (counter == null) {
            counter = Counter.builder("tollgate.ratelimit.decisions")
                    .description("Decisions of policies")
                    .tag("policy", policy)
                    .tag("outcome", OUTCOMES[outcome])
                    .tag("source", SOURCES[source])
                    .register(registry);
            counters.set(index, counter);
        }
        counter.increment();
    }
}
