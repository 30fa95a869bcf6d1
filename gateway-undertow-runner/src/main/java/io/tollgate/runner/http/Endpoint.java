package io.tollgate.runner.http;

import java.util.concurrent.CompletionStage;

/** Answers requests. Thread-safe, and never blocks. */
@FunctionalInterface
public interface Endpoint {
    /** The answer; a failure, thrown or in the stage, is answered as {@link io.tollgate.api.GatewayException#from} says. */
    CompletionStage<Response> handle(Request request);
}
