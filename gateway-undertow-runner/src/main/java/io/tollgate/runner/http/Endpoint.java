package io.tollgate.runner.http;

import io.tollgate.api.http.HttpResponse;
import java.util.concurrent.CompletionStage;

/** Responds to requests. Thread-safe, and never blocks. */
@FunctionalInterface
public interface Endpoint {
    /** Returns the response; a failure, thrown or in the stage, is rendered as {@link io.tollgate.api.GatewayException#from} says. */
    CompletionStage<HttpResponse> handle(Request request);
}
