package io.tollgate.runner.http;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpResponse;
import java.util.concurrent.CompletionStage;

/** Refuses requests that could be read and yet are malformed. They are charged to nobody, as those that could not. */
public final class WellFormed implements Filter {
    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        String fault = request.fault();
        if (fault != null) {
            throw GatewayException.of(CommonError.INVALID_REQUEST, fault);
        }
        return next.handle(request);
    }
}
