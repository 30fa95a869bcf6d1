package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.RequestSummary;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.TraceContext;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The record of one request, for the access log, metrics and traces. Filters write it and no filter reads it: what one finds
 * for the next is in the {@link Request} that it hands on. Thread-safe.
 */
public final class RequestLog implements RequestSummary {
    private volatile Request latest;
    private volatile @Nullable ErrorCode error;
    private volatile String charged = "";
    private volatile @Nullable HttpResponse response;
    private volatile long nanos;

    RequestLog(Request arrived) {
        this.latest = arrived;
    }

    /** The request has come further: {@code request} has more findings. */
    void reached(Request request) {
        this.latest = request;
    }

    /** The request failed. */
    void failed(ErrorCode code) {
        this.error = code;
    }

    /** A reservation of {@code policy} was charged in the end. */
    void charged(String policy) {
        this.charged = charged.isEmpty() ? policy : charged + "," + policy;
    }

    /** The response is known. */
    RequestSummary finished(HttpResponse made) {
        this.nanos = latest.elapsedNanos();
        this.response = made;
        return this;
    }

    @Override
    public HttpRequestHead head() {
        return latest;
    }

    @Override
    public String requestId() {
        return latest.id();
    }

    /** Returns the trace that the request is part of, or null. */
    public @Nullable TraceContext trace() {
        return latest.trace();
    }

    @Override
    public Optional<String> route() {
        return latest.match().template();
    }

    @Override
    public InetAddress clientAddress() {
        return latest.clientAddress();
    }

    @Override
    public Optional<Principal> principal() {
        return latest.principal();
    }

    @Override
    public RateLimitDecisions decisions() {
        Admission judged = latest.admission();
        return judged == null ? RateLimitDecisions.NONE : judged.decisions();
    }

    @Override
    public Optional<RateLimitDecision> reported() {
        Admission judged = latest.admission();
        return judged == null ? Optional.empty() : judged.reported();
    }

    /** Returns whether the guard has judged the request. */
    boolean isJudged() {
        return latest.admission() != null;
    }

    /** Returns the policies whose reservation was charged in the end, with commas between. */
    String charged() {
        return charged;
    }

    @Override
    public @Nullable ErrorCode error() {
        return error;
    }

    @Override
    public HttpResponse response() {
        return requireNonNull(response, "response");
    }

    /** Returns the nanoseconds since the request arrived. */
    long elapsedNanos() {
        return latest.elapsedNanos();
    }

    @Override
    public long nanos() {
        return nanos;
    }
}
