package io.tollgate.runner.http;

import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RequestIds;
import java.util.concurrent.CompletionStage;

/** Gives each request its id, which the response carries. */
public final class Correlation implements Filter {
    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        String id = RequestIds.of(request);
        request.exchange().owe(RequestIds.HEADER, id);
        return next.handle(request.withId(id));
    }
}
