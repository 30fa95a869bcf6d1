package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.GatewayException;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RequestIds;
import io.tollgate.undertow.UnreadableResponder;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Responds to what no {@link Request} could be made of: bytes that are not HTTP, a head too large, no host. The server rejects
 * such requests before any filter; this gives the response the form of the HTTP contract.
 */
public final class Unreadable {
    private final Cors cors;
    private final RequestListener listener;

    /** Adds the headers of {@code cors}, and calls {@code listener}. */
    public Unreadable(Cors cors, RequestListener listener) {
        this.cors = requireNonNull(cors, "cors");
        this.listener = requireNonNull(listener, "listener");
    }

    /** Returns the response to what cannot be read because of {@code error}, sent by {@code peer}. */
    public HttpResponse respond(GatewayException error, InetAddress peer) {
        String id = RequestIds.random();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(RequestIds.HEADER, id);
        cors.forUnreadable(headers::put);
        HttpResponse response = ErrorRenderer.envelope()
                .render(error, UnreadableResponder.head(peer), id)
                .withHeaders(headers);
        listener.unreadable(response.status());
        AccessLog.unreadable(response.status(), id, peer.getHostAddress(), response.bytes().length);
        return response;
    }
}
