package io.tollgate.api.http;

import java.util.concurrent.CompletionStage;

/** A request with its body. */
public interface HttpRequest extends HttpRequestHead {
    /**
     * Reads the body, at most once. Never blocks.
     *
     * @param maxBytes the maximum of bytes to accept, 0 or more; a server may accept fewer
     * @return the bytes, completed on the thread that completes the reads of the server; fails with a {@link
     *     io.tollgate.api.GatewayException} of {@code BODY_TOO_LARGE}, or of {@code INVALID_REQUEST} if the body is
     *     malformed or does not arrive in time
     */
    CompletionStage<byte[]> body(int maxBytes);
}
