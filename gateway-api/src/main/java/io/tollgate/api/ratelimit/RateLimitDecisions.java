package io.tollgate.api.ratelimit;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The decisions of one request, in the order of its checks. A rejection ends its phase. Earlier checks keep the tokens
 * that they took, and the charges at the end of a rejected request follow the rejection.
 *
 * @param decisions the decisions; unmodifiable
 */
public record RateLimitDecisions(List<RateLimitDecision> decisions) {
    /** No decisions. */
    public static final RateLimitDecisions NONE = new RateLimitDecisions(List.of());

    public RateLimitDecisions {
        decisions = List.copyOf(requireNonNull(decisions, "decisions"));
    }

    static RateLimitDecisions of(RateLimitDecision only) {
        return new RateLimitDecisions(List.of(only));
    }

    /** Returns whether no decision rejects the request. */
    public boolean allowed() {
        return firstRejection() == null;
    }

    /** Returns the first decision that rejects the request; empty if none does. */
    public Optional<RateLimitDecision> rejection() {
        return Optional.ofNullable(firstRejection());
    }

    private @Nullable RateLimitDecision firstRejection() {
        for (int i = 0; i < decisions.size(); i++) {
            if (decisions.get(i).rejects()) {
                return decisions.get(i);
            }
        }
        return null;
    }

    /**
     * Returns the decision to report to the client: the rejection, else the decision with the smallest share left, the
     * earlier if two are equal. Shadows are never reported, and reservations only if they reject; empty if there is no
     * other decision.
     */
    public Optional<RateLimitDecision> reported() {
        @Nullable RateLimitDecision least = null;
        for (int i = 0; i < decisions.size(); i++) {
            RateLimitDecision d = decisions.get(i);
            if (d.rejects()) {
                return Optional.of(d);
            }
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
