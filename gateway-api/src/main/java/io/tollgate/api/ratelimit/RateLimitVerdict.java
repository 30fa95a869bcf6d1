package io.tollgate.api.ratelimit;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the policies of one request decided, in the order they were asked. The first refusal ends the asking; what the
 * earlier ones took stays taken.
 *
 * @param decisions the decisions; a refusal, if there is one, is the last. Unmodifiable
 */
public record RateLimitVerdict(List<RateLimitDecision> decisions) {
    /** Nothing was asked. */
    public static final RateLimitVerdict NONE = new RateLimitVerdict(List.of());

    public RateLimitVerdict {
        decisions = List.copyOf(requireNonNull(decisions, "decisions"));
    }

    /** Whether no decision refuses the request. */
    public boolean allowed() {
        return decisions.isEmpty() || !decisions.get(decisions.size() - 1).refuses();
    }

    /** The decision that refuses the request. */
    public Optional<RateLimitDecision> refusal() {
        return allowed() ? Optional.empty() : Optional.of(decisions.get(decisions.size() - 1));
    }

    /**
     * The decision to tell the client of: the refusal, else the one with the least share left, the earlier where two are
     * equal. Shadows are never told; empty where there is nothing else.
     */
    public Optional<RateLimitDecision> reported() {
        if (!allowed()) {
            return refusal();
        }
        @Nullable RateLimitDecision least = null;
        for (RateLimitDecision d : decisions) {
            if (!d.check().shadow() && (least == null || d.shareLeft() < least.shareLeft())) {
                least = d;
            }
        }
        return Optional.ofNullable(least);
    }

    /** This verdict followed by another of the same request. */
    public RateLimitVerdict and(RateLimitVerdict later) {
        if (decisions.isEmpty()) {
            return later;
        }
        if (later.decisions.isEmpty()) {
            return this;
        }
        List<RateLimitDecision> both = new ArrayList<>(decisions);
        both.addAll(later.decisions);
        return new RateLimitVerdict(both);
    }
}
