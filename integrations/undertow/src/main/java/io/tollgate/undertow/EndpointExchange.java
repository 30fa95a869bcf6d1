package io.tollgate.undertow;

import io.tollgate.api.GatewayException;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The exchange of an {@link HttpEndpoint}: rejects requests with a fault, and renders failures. */
final class EndpointExchange implements ServerExchange {
    private static final Logger log = LoggerFactory.getLogger(UndertowServer.class);

    private final HttpEndpoint endpoint;
    private final ErrorRenderer errors;
    private final ServerRequest request;

    EndpointExchange(HttpEndpoint endpoint, ErrorRenderer errors, ServerRequest request) {
        this.endpoint = endpoint;
        this.errors = errors;
        this.request = request;
    }

    @Override
    public CompletionStage<HttpResponse> respond() {
        GatewayException fault = request.fault();
        return fault == null ? endpoint.handle(request) : CompletableFuture.failedFuture(fault);
    }

    @Override
    public HttpResponse failed(Throwable failure) {
        GatewayException error = GatewayException.from(failure);
        if (error.code().isServerFault()) {
            // Stack traces are for faults of this code: not for 501, nor for overload (503) and timeouts (504).
            int status = error.code().httpStatus();
            boolean fault = status != 501 && status < 503;
            log.atLevel(fault ? Level.ERROR : Level.WARN)
                    .setCause(error.getCause() == null && fault ? error : error.getCause())
                    .addKeyValue("code", error.code().name())
                    .log("Request failed: {}", error.getMessage());
        }
        return errors.render(error, request, "-");
    }
}
