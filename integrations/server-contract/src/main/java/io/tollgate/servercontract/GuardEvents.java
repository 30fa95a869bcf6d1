package io.tollgate.servercontract;

import io.tollgate.api.guard.GuardListener;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecision.Source;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Records the decisions of a guard, and the ends of its reservations. */
final class GuardEvents implements GuardListener {
    private final Queue<Source> sources = new ConcurrentLinkedQueue<>();
    private final Queue<Boolean> settlements = new ConcurrentLinkedQueue<>();

    @Override
    public void decided(HttpRequestHead head, RateLimitDecisions decisions, long nanos) {
        for (RateLimitDecision decision : decisions.decisions()) {
            sources.add(decision.source());
        }
    }

    @Override
    public void settled(HttpRequestHead head, RateLimitDecision reservation, boolean charged) {
        settlements.add(charged);
    }

    /** Returns the sources of the decisions since the last call. */
    List<Source> takeSources() {
        List<Source> taken = List.copyOf(sources);
        sources.clear();
        return taken;
    }

    /** Returns for each settled reservation whether it was charged. */
    List<Boolean> settlements() {
        return List.copyOf(settlements);
    }
}
