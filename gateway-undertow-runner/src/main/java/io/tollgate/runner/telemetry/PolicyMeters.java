package io.tollgate.runner.telemetry;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
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
    /** By policy and outcome, counters in the order of {@link #SOURCES}. */
    private final ConcurrentMap<String, Map<Outcome, AtomicReferenceArray<@Nullable Counter>>> policies =
            new ConcurrentHashMap<>();

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

        final String label = name().toLowerCase(Locale.ROOT);
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
        Map<Outcome, AtomicReferenceArray<@Nullable Counter>> byOutcome = policies.get(policy);
        if (byOutcome == null) {
            if (policies.size() >= MAX_POLICIES) {
                policy = OTHER;
            }
            byOutcome = policies.computeIfAbsent(policy, p -> none());
        }
        AtomicReferenceArray<@Nullable Counter> counters = requireNonNull(byOutcome.get(outcome), "outcome");
        int index = decision.fallback() ? 2 : shared ? 0 : 1;
        Counter counter = counters.get(index);
        if (counter == null) {
            counter = Counter.builder("tollgate.ratelimit.decisions")
                    .description("Decisions of policies")
                    .tag("policy", policy)
                    .tag("outcome", outcome.label)
                    .tag("source", SOURCES[index])
                    .register(registry);
            counters.set(index, counter);
        }
        counter.increment();
    }

    private static Map<Outcome, AtomicReferenceArray<@Nullable Counter>> none() {
        Map<Outcome, AtomicReferenceArray<@Nullable Counter>> byOutcome = new EnumMap<>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
            byOutcome.put(outcome, new AtomicReferenceArray<>(SOURCES.length));
        }
        return byOutcome;
    }
}
