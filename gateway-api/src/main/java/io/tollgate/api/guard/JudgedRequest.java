package io.tollgate.api.guard;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.Principal;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A summary that takes from an admission what the guard knows of the request. */
record JudgedRequest(
        HttpRequestHead head,
        String requestId,
        Optional<String> route,
        Admission admission,
        HttpResponse response,
        long nanos)
        implements RequestSummary {
    JudgedRequest {
        requireNonNull(head, "head");
        requireNonNull(requestId, "requestId");
        requireNonNull(admission, "admission");
        requireNonNull(response, "response");
    }

    @Override
    public InetAddress clientAddress() {
        return admission.clientAddress();
    }

    @Override
    public Optional<Principal> principal() {
        return admission.principal();
    }

    @Override
    public RateLimitDecisions decisions() {
        return admission.decisions();
    }

    @Override
    public Optional<RateLimitDecision> reported() {
        return admission.reported();
    }

    @Override
    public @Nullable ErrorCode error() {
        return admission instanceof Rejected rejected ? rejected.error().code() : null;
    }
}
