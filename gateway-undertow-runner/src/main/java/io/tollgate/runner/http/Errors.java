package io.tollgate.runner.http;

import io.tollgate.api.GatewayException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The one place that turns a failure, thrown or in a stage, into the contract's error body; logs those of our own. */
public final class Errors implements Filter {
    private static final Logger log = LoggerFactory.getLogger(Errors.class);

    @Override
    public CompletionStage<Response> apply(Request request, Endpoint next) {
        CompletableFuture<Response> answer;
        try {
            answer = next.handle(request).toCompletableFuture();
        } catch (Throwable e) {
            return CompletableFuture.completedFuture(answer(request, e));
        }
        return answer.isDone() && !answer.isCompletedExceptionally()
                ? answer
                : answer.handle((response, failure) -> failure == null ? response : answer(request, failure));
    }

    /** The answer that {@code failure} is. */
    public static Response answer(Request request, Throwable failure) {
        GatewayException e = GatewayException.from(failure);
        request.error(e.code());
        if (e.code().isServerFault()) {
            log(request, e);
        }
        e.headers().forEach(request::owe);
        return Response.json(e.code().httpStatus(), Json.write(e.body()));
    }

    private static void log(Request request, GatewayException e) {
        // Being busy, or waiting in vain, is not a fault to be woken for: no stack trace of ours adds anything to it.
        boolean fault = e.code().httpStatus() < 503;
        Throwable cause = e.getCause() != null || !fault ? e.getCause() : e;
        LogFields.of(request, log.atLevel(fault ? Level.ERROR : Level.WARN))
                .setCause(cause)
                .addKeyValue("code", e.code())
                .log("Request failed: {}", e.getMessage());
    }
}
