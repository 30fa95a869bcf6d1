package io.tollgate.runner.http;

import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpResponse;
import java.util.concurrent.CompletionStage;

/** Rejects requests that were parsed and yet are malformed. They are not charged, like those that could not be parsed. */
public final class WellFormed implements Filter {
    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        GatewayException fault = request.fault();
        if (fault != null) {
            throw fault;
        }
        return next.handle(request);
    }
}
