package io.tollgate.examples.embed;

import com.sun.net.httpserver.HttpExchange;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A request of the JDK's server. */
record ExchangeRequest(HttpExchange exchange) implements HttpRequest {
    @Override
    public String method() {
        return exchange.getRequestMethod();
    }

    @Override
    public String path() {
        return exchange.getRequestURI().getRawPath();
    }

    @Override
    public Optional<String> query() {
        return Optional.ofNullable(exchange.getRequestURI().getRawQuery());
    }

    @Override
    public InetAddress peer() {
        return exchange.getRemoteAddress().getAddress();
    }

    @Override
    public List<String> headers(String name) {
        return exchange.getRequestHeaders().getOrDefault(name, List.of());
    }

    @Override
    public CompletionStage<byte[]> body(int maxBytes) {
        try {
            byte[] body = exchange.getRequestBody().readNBytes(maxBytes + 1);
            return body.length <= maxBytes
                    ? CompletableFuture.completedStage(body)
                    : CompletableFuture.failedStage(GatewayException.of(
                            CommonError.BODY_TOO_LARGE, "The body must be at most " + maxBytes + " bytes."));
        } catch (IOException e) {
            return CompletableFuture.failedStage(
                    GatewayException.builder(CommonError.INVALID_REQUEST, "The body ended before its end.")
                            .cause(e)
                            .build());
        }
    }
}
