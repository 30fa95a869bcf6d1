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
    private static final String[] SOURCES = {"shared", "local", "fallback"};

    private final MeterRegistry registry;
    private final ConcurrentMap<String, AtomicReferenceArray<@Nullable Counter>> policies = new ConcurrentHashMap<>();

    PolicyMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    private enum Outcome {
        ALLOWED,
        REFUSED,
        SHADOW_REFUSED,
        /** A reservation that was kept, such as that of a failed login. */
        CHARGED,
        /** A reservation that was given back. */
        REFUNDED;

        final String label = name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Counts a decision; of a reservation only a rejection, since its end is counted by {@link #settled}. */
    void count(RateLimitDecision decision, boolean shared) {
        if (decision.rejects()) {
            count(decision, Outcome.REFUSED, shared);
        } else if (!decision.check().isReservation()) {
            count(decision, decision.allowed() ? Outcome.ALLOWED : Outcome.SHADOW_REFUSED, shared);
        }
    }

    /** Counts the end of a reservation. */
    void settled(RateLimitDecision reservation, boolean charged, boolean shared) {
        count(reservation, charged ? Outcome.CHARGED : Outcome.REFUNDED, shared);
    }

    private void count(RateLimitDecision decision, Outcome outcome, boolean shared) {
        String policy = decision.policy();
        AtomicReferenceArray<@Nullable Counter> counters = policies.get(policy);
        if (counters == null) {
            if (policies.size() >= MAX_POLICIES) {
                policy = OTHER;
            }
            counters = policies.computeIfAbsent(
                    policy, p -> new AtomicReferenceArray<>(Outcome.values().length * SOURCES.length));
        }
        int source = decision.fallback() ? 2 : shared ? 0 : 1;
        int index = outcome.ordinal() * SOURCES.length + source;
        Counter counter = counters.get(index);
        if (counter == null) {
            counter = Counter.builder("tollgate.ratelimit.decisions")
                    .description("Decisions of policies")
                    .tag("policy", policy)
                    .tag("outcome", outcome.label)
                    .tag("source", SOURCES[source])
                    .register(registry);
            counters.set(index, counter);
        }
        counter.increment();
    }
}
