package io.tollgate.undertow;

import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpRequest;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A request as the server received it, with what a {@link ServerExchange} needs beside {@link HttpRequest}. */
public interface ServerRequest extends HttpRequest {
    /** Returns the reading of {@link System#nanoTime()} at which the head had arrived. */
    long arrivedNanos();

    /**
     * Returns the reason to reject the request, although it could be parsed; null if there is none. The end of a request with
     * a fault is unknown, so the connection closes after its response.
     */
    @Nullable
    GatewayException fault();

    /** Returns the first value of a header, or null: {@link #header} without an object around it. */
    @Nullable
    String firstHeader(String name);

    /**
     * Reads the body, at most once, up to the limit of the server. Fails with a {@link GatewayException} of
     * {@code BODY_TOO_LARGE}, or of {@code INVALID_REQUEST} if the body is malformed or does not arrive in time.
     *
     * @return the bytes: complete at once if the body has arrived with its head or there is none, so that what depends on the
     *     stage runs on the caller's thread, whichever that is; otherwise completed on the I/O thread of the connection
     */
    CompletionStage<byte[]> body();

    @Override
    default CompletionStage<byte[]> body(int maxBytes) {
        return body().thenApply(bytes -> {
            if (bytes.length > maxBytes) {
                throw GatewayException.of(
                        CommonError.BODY_TOO_LARGE, "The body must have at most " + maxBytes + " bytes.");
            }
            return bytes;
        });
    }

    /** Runs {@code task} once, after the delay, on the I/O thread of the connection; the result cancels it. */
    CallContext.Registration schedule(long millis, Runnable task);
}
