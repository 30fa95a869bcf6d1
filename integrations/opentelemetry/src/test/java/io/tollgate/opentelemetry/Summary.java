package io.tollgate.opentelemetry;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.guard.RequestSummary;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request that has its response, as a server without a guard reports it. */
record Summary(
        HttpRequestHead head,
        String requestId,
        Optional<String> route,
        HttpResponse response,
        @Nullable ErrorCode error)
        implements RequestSummary {
    static Summary of(HttpRequestHead head, @Nullable String route, int status, @Nullable ErrorCode error) {
        return new Summary(head, "request-1", Optional.ofNullable(route), HttpResponse.empty(status), error);
    }

    @Override
    public long nanos() {
        return 1_000_000;
    }
}
