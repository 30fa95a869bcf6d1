package io.tollgate.servlet;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.RequestSummary;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request with its response, of which the container knows the status.
 *
 * @param admission null if the request could not be judged
 */
record ServletSummary(
        HttpRequestHead head,
        String requestId,
        Optional<String> route,
        @Nullable Admission admission,
        @Nullable ErrorCode error,
        HttpResponse response,
        long nanos)
        implements RequestSummary {
    @Override
    public InetAddress clientAddress() {
        return admission == null ? head.peer() : admission.clientAddress();
    }

    @Override
    public Optional<Principal> principal() {
        return admission == null ? Optional.empty() : admission.principal();
    }

    @Override
    public RateLimitDecisions decisions() {
        return admission == null ? RateLimitDecisions.NONE : admission.decisions();
    }

    @Override
    public Optional<RateLimitDecision> reported() {
        return admission == null ? Optional.empty() : admission.reported();
    }
}
