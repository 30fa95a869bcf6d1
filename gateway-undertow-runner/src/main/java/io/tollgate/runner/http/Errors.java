package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The one place that turns a failure, thrown or in a stage, into an error response; logs those of our own. */
public final class Errors implements Filter {
    private static final Logger log = LoggerFactory.getLogger(Errors.class);

    private final ErrorRenderer renderer;

    /** Renders errors by {@code renderer}. */
    public Errors(ErrorRenderer renderer) {
        this.renderer = requireNonNull(renderer, "renderer");
    }

    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        CompletableFuture<HttpResponse> response;
        try {
            response = next.handle(request).toCompletableFuture();
        } catch (Throwable e) {
            return CompletableFuture.completedFuture(response(request, e));
        }
        return response.isDone() && !response.isCompletedExceptionally()
                ? response
                : response.handle((made, failure) -> failure == null ? made : response(request, failure));
    }

    /** Returns the response to {@code failure}. */
    public HttpResponse response(Request request, Throwable failure) {
        GatewayException e = GatewayException.from(failure);
        request.log().failed(e.code());
        // A client in a hurry is no fault of ours, and must not fill the log.
        boolean hurried =
                e.code() == CommonError.REQUEST_TIMEOUT && request.exchange().isHurried();
        if (e.code().isServerFault() && !hurried) {
            log(request, e);
        }
        return renderer.render(e, request, request.log().requestId());
    }

    private static void log(Request request, GatewayException e) {
        // Stack traces are for faults of this code: not for 501, nor for overload (503) and timeouts (504).
        int status = e.code().httpStatus();
        boolean fault = status != 501 && status < 503;
        Throwable cause = e.getCause() != null || !fault ? e.getCause() : e;
        LogFields.of(request.log(), log.atLevel(fault ? Level.ERROR : Level.WARN))
                .setCause(cause)
                .addKeyValue("code", e.code().name())
                .log("Request failed: {}", e.getMessage());
    }
}
