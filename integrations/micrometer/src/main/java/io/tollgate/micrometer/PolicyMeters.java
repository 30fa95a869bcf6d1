package io.tollgate.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Counts the decisions of one policy by outcome and source. */
final class PolicyMeters {
    private static final String[] SOURCES = {"shared", "local", "fallback"};

    private final MeterRegistry registry;
    private final String policy;
    /** By outcome, counters in the order of {@link #SOURCES}. */
    private final Map<Outcome, AtomicReferenceArray<@Nullable Counter>> byOutcome = new EnumMap<>(Outcome.class);

    PolicyMeters(MeterRegistry registry, String policy) {
        this.registry = registry;
        this.policy = policy;
        for (Outcome outcome : Outcome.values()) {
            byOutcome.put(outcome, new AtomicReferenceArray<>(SOURCES.length));
        }
    }

    private enum Outcome {
        ALLOWED,
        REFUSED,
        SHADOW_REFUSED,
        /** A reservation that was kept, such as that of a failed login. */
        CHARGED,
        /** A reservation that was refunded. */
        REFUNDED;

        final String label = name().toLowerCase(Locale.ROOT);
    }

    /** Counts a decision; of a reservation only a rejection, since its end is counted by {@link #settled}. */
    void decided(RateLimitDecision decision) {
        if (decision.rejects()) {
            count(decision, Outcome.REFUSED);
        } else if (!decision.check().isReservation()) {
            count(decision, decision.allowed() ? Outcome.ALLOWED : Outcome.SHADOW_REFUSED);
        }
    }

    /** Counts the end of a reservation. */
    void settled(RateLimitDecision reservation, boolean charged) {
        count(reservation, charged ? Outcome.CHARGED : Outcome.REFUNDED);
    }

    private void count(RateLimitDecision decision, Outcome outcome) {
        int source = source(decision);
        AtomicReferenceArray<@Nullable Counter> counters = requireNonNull(byOutcome.get(outcome), "counters");
        Counter counter = counters.get(source);
        if (counter == null) {
            // The registry returns the same counter to all threads that come at once.
            counter = Counter.builder("tollgate.ratelimit.decisions")
                    .description("Decisions of policies")
                    .tag("policy", policy)
                    .tag("outcome", outcome.label)
                    .tag("source", SOURCES[source])
                    .register(registry);
            counters.set(source, counter);
        }
        counter.increment();
    }

    private static int source(RateLimitDecision decision) {
        return switch (decision.source()) {
            case SHARED, LEASE -> 0;
            case LOCAL -> 1;
            case FALLBACK, ASSUMED -> 2;
        };
    }
}
