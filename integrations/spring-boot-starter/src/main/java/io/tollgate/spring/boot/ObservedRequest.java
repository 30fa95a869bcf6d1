package io.tollgate.spring.boot;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.Rejected;
import io.tollgate.api.guard.RequestSummary;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request with its response, for the pages of operators.
 *
 * @param admission null if it is not known
 */
record ObservedRequest(
        HttpRequestHead head,
        String requestId,
        Optional<String> route,
        @Nullable Admission admission,
        HttpResponse response,
        long nanos)
        implements RequestSummary {
    /** Returns a response of a status, as far as it is known. */
    static HttpResponse response(int status) {
        return HttpResponse.empty(status < 200 || status > 599 ? 200 : status);
    }

    @Override
    public @Nullable ErrorCode error() {
        return admission instanceof Rejected rejected ? rejected.error().code() : null;
    }

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
