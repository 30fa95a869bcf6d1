package io.tollgate.api.ratelimit;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The decisions of one request, in the order of its checks. The first rejection is the last of them; what the earlier ones
 * took stays taken.
 *
 * @param decisions the decisions; a rejection, if there is one, is the last. Unmodifiable
 */
public record RateLimitDecisions(List<RateLimitDecision> decisions) {
    /** No decisions. */
    public static final RateLimitDecisions NONE = new RateLimitDecisions(List.of());

    public RateLimitDecisions {
        decisions = List.copyOf(requireNonNull(decisions, "decisions"));
    }

    /** Returns whether no decision rejects the request. */
    public boolean allowed() {
        return decisions.isEmpty() || !decisions.get(decisions.size() - 1).rejects();
    }

    /** Returns the decision that rejects the request. */
    public Optional<RateLimitDecision> rejection() {
        return allowed() ? Optional.empty() : Optional.of(decisions.get(decisions.size() - 1));
    }

    /**
     * Returns the decision to report to the client: the rejection, else the one with the least share left, the earlier if two
     * are equal. Shadows are never reported, reservations only if they reject; empty if there is nothing else.
     */
    public Optional<RateLimitDecision> reported() {
        if (!allowed()) {
            return rejection();
        }
        @Nullable RateLimitDecision least = null;
        for (RateLimitDecision d : decisions) {
            if (d.isReported() && (least == null || d.shareLeft() < least.shareLeft())) {
                least = d;
            }
        }
        return Optional.ofNullable(least);
    }

    /** Returns these decisions followed by later ones of the same request. */
    public RateLimitDecisions and(RateLimitDecisions later) {
        if (decisions.isEmpty()) {
            return later;
        }
        if (later.decisions.isEmpty()) {
            return this;
        }
        List<RateLimitDecision> both = new ArrayList<>(decisions);
        both.addAll(later.decisions);
        return new RateLimitDecisions(both);
    }
}
