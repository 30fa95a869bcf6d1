package io.tollgate.api.http;

import java.util.concurrent.CompletionStage;

/** A request with its body. */
public interface HttpRequest extends HttpRequestHead {
    /**
     * Reads the body, at most once. Never blocks.
     *
     * @param maxBytes the most bytes to accept, 0 or more; a server may accept fewer
     * @return the bytes, completed where the server completes its reads; fails with a
     *     {@link io.tollgate.api.GatewayException} of {@code BODY_TOO_LARGE}, or of {@code INVALID_REQUEST} if the body is
     *     malformed or does not arrive in time
     */
    CompletionStage<byte[]> body(int maxBytes);
}
