package io.tollgate.examples.embed;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;

/** Runs any endpoint of Tollgate on the JDK's server, whose threads may wait. */
final class EndpointHandler implements HttpHandler {
    private final HttpEndpoint endpoint;

    EndpointHandler(HttpEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        HttpResponse response = respond(new ExchangeRequest(exchange));
        response.forEachHeader(exchange.getResponseHeaders()::set);
        Flow.Publisher<ByteBuffer> stream = response.stream().orElse(null);
        if (!mayHaveBody(exchange, response) || (stream == null && response.bytes().length == 0)) {
            exchange.sendResponseHeaders(response.status(), -1);
        } else if (stream == null) {
            exchange.sendResponseHeaders(response.status(), response.bytes().length);
            exchange.getResponseBody().write(response.bytes());
        } else {
            exchange.sendResponseHeaders(response.status(), 0);
            StreamWriter.write(stream, exchange.getResponseBody());
        }
        exchange.close(); // Not after a failure: it would write the end of the body, and the client take it for whole.
    }

    private static boolean mayHaveBody(HttpExchange exchange, HttpResponse response) {
        return !exchange.getRequestMethod().equals("HEAD") && response.status() != 204 && response.status() != 304;
    }

    private HttpResponse respond(ExchangeRequest request) {
        try {
            return endpoint.handle(request).toCompletableFuture().join();
        } catch (CompletionException e) {
            return ErrorRenderer.envelope().render(GatewayException.from(e), request, "-");
        }
    }
}
