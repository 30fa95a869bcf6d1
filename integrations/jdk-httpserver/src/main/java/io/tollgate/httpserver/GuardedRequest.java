package io.tollgate.httpserver;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.http.HttpResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request of which a listener learns the end. */
record GuardedRequest(ExchangeHead head, String requestId, RequestListener listener, long began) {
    void finished(
            Optional<String> route, @Nullable Admission admission, @Nullable ErrorCode error, HttpResponse response) {
        listener.finished(
                new ExchangeSummary(head, requestId, route, admission, error, response, System.nanoTime() - began));
    }
}
