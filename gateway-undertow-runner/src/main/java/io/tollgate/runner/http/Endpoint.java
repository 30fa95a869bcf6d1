package io.tollgate.runner.http;

import io.tollgate.api.http.HttpResponse;
import java.util.concurrent.CompletionStage;

/** Answers requests. Thread-safe, and never blocks. */
@FunctionalInterface
public interface Endpoint {
    /** The answer; a failure, thrown or in the stage, is answered as {@link io.tollgate.api.GatewayException#from} says. */
    CompletionStage<HttpResponse> handle(Request request);
}
