package io.tollgate.undertow;

import io.tollgate.api.http.HttpResponse;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

/**
 * The application's side of one request: makes its response, and is called back when the exchange ends. The server calls every
 * method on the I/O thread of the connection; none may block.
 */
public interface ServerExchange {
    /**
     * Makes the response. Called once, before every other method.
     *
     * @return the response, completed on any thread; if it fails, the server sends {@link #failed}
     */
    CompletionStage<HttpResponse> respond();

    /** Returns the response to a failure of {@link #respond}. Must not throw. */
    HttpResponse failed(Throwable failure);

    /**
     * Passes each header that the response has in any case to {@code sink}, name first; it replaces one of the response, except
     * {@code Vary}, to whose list the response's own names are added.
     */
    default void forEachHeader(BiConsumer<String, String> sink) {}

    /** The response is known, or there will be none. A response that is a stream has ended. Called once. */
    default void onEnd() {}

    /** The client left before the end of the response. May be called more than once. */
    default void onClientGone() {}

    /** Passes each field for the server's log lines about this exchange to {@code sink}, name first. */
    default void forEachLogField(BiConsumer<String, String> sink) {}
}
