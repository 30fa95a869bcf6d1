package io.tollgate.runner.http.undertow;

import io.tollgate.api.http.HttpResponse;
import java.net.InetAddress;

/** Makes the response to what is no HTTP request, or has a head that is too large. */
@FunctionalInterface
public interface UnreadableResponder {
    /**
     * Returns the response, which is no stream; the connection is closed behind it.
     *
     * @param status that Undertow would respond with
     * @param peer the other end of the socket
     */
    HttpResponse respond(int status, InetAddress peer);
}
