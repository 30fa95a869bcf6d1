package io.tollgate.httpserver;

import com.sun.net.httpserver.HttpExchange;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A request of the JDK's server, whose body is read on the calling thread. */
final class ExchangeRequest extends ExchangeHead implements HttpRequest {
    ExchangeRequest(HttpExchange exchange) {
        super(exchange, String.valueOf(exchange.getRequestURI().getRawPath()));
    }

    @Override
    public CompletionStage<byte[]> body(int maxBytes) {
        try {
            InputStream in = exchange().getRequestBody();
            byte[] body = in.readNBytes(maxBytes);
            if (body.length == maxBytes && in.read() >= 0) {
                return CompletableFuture.failedStage(GatewayException.of(
                        CommonError.BODY_TOO_LARGE, "The body must be at most " + maxBytes + " bytes."));
            }
            return CompletableFuture.completedStage(body);
        } catch (IOException e) {
            return CompletableFuture.failedStage(
                    GatewayException.builder(CommonError.INVALID_REQUEST, "The body is incomplete or malformed.")
                            .cause(e)
                            .build());
        }
    }
}
