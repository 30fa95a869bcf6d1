package io.tollgate.undertow;

import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;

/**
 * Makes the response to bytes that are not an HTTP request, to a head that is too large, and to a connection for which the
 * server has no room. There is no request to look at.
 */
@FunctionalInterface
public interface UnreadableResponder {
    /**
     * Returns the response, which must not be a stream. The connection closes after it. Must not throw.
     *
     * @param error the reason
     * @param peer the other end of the connection
     */
    HttpResponse respond(GatewayException error, InetAddress peer);

    /** Returns the head of a request of which nothing but its {@code peer} is known, for an {@code ErrorRenderer}. */
    static HttpRequestHead head(InetAddress peer) {
        return HttpRequestHead.of("-", URI.create("/"), peer, name -> List.of());
    }
}
