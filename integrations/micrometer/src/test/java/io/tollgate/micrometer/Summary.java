package io.tollgate.micrometer;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.guard.RequestSummary;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.testkit.TestRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request that took a millisecond, as a server without a guard reports it. */
record Summary(
        HttpRequestHead head,
        Optional<String> route,
        HttpResponse response,
        @Nullable ErrorCode error) implements RequestSummary {
    static Summary of(String method, @Nullable String route, int status, @Nullable ErrorCode error) {
        return new Summary(
                TestRequest.of(method, "/a-path"), Optional.ofNullable(route), HttpResponse.empty(status), error);
    }

    @Override
    public long nanos() {
        return 1_000_000;
    }
}
