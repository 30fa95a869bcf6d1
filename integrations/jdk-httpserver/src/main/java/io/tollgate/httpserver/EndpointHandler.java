package io.tollgate.httpserver;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.tollgate.api.ErrorType;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RequestIds;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Runs an {@link HttpEndpoint} on the JDK's server, such as the pages for operators:
 *
 * <pre>{@code
 * server.createContext("/ops", EndpointHandler.of(pages.under("/ops")));
 * }</pre>
 *
 * <p>The thread of the server reads the body, waits for the response, and writes it; a stream is written as fast as the client
 * reads. A failure of the endpoint is rendered like any error. If a stream fails, the connection closes without the end of the
 * body; if the client leaves, the stream is cancelled.
 *
 * <p>In a context with a {@link GuardFilter}, the response carries its headers and its status settles the request.
 * Thread-safe.
 */
public final class EndpointHandler implements HttpHandler {
    private static final Logger log = System.getLogger("io.tollgate.httpserver");

    private final HttpEndpoint endpoint;
    private final ErrorRenderer errors;

    private EndpointHandler(HttpEndpoint endpoint, ErrorRenderer errors) {
        this.endpoint = requireNonNull(endpoint, "endpoint");
        this.errors = requireNonNull(errors, "errors");
    }

    /** Returns a handler that renders failures of the endpoint as the error envelope. */
    public static EndpointHandler of(HttpEndpoint endpoint) {
        return of(endpoint, ErrorRenderer.envelope());
    }

    /** Returns a handler that renders failures of the endpoint by {@code errors}. */
    public static EndpointHandler of(HttpEndpoint endpoint, ErrorRenderer errors) {
        return new EndpointHandler(endpoint, errors);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        ExchangeRequest request = new ExchangeRequest(exchange);
        String requestId = GuardFilter.requestId(exchange).orElseGet(() -> RequestIds.of(request));
        exchange.getResponseHeaders().set(RequestIds.HEADER, requestId);
        Responses.write(exchange, respond(request, requestId));
    }

    private HttpResponse respond(ExchangeRequest request, String requestId) {
        try {
            return endpoint.handle(request).toCompletableFuture().join();
        } catch (RuntimeException e) {
            GatewayException error = GatewayException.from(e);
            if (error.code().type() == ErrorType.INTERNAL_ERROR) {
                log.log(Level.ERROR, "An endpoint failed with " + error.code().name(), error);
            }
            return errors.render(error, request, requestId);
        }
    }
}
