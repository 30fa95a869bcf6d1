package io.tollgate.runner.http.undertow;

import java.net.InetAddress;

/** Makes the response to what is no HTTP request, or has a head that is too large. */
@FunctionalInterface
public interface UnreadableResponder {
    /**
     * Returns the whole response, head and body; the connection is closed behind it.
     *
     * @param status that Undertow would respond with
     * @param peer the other end of the socket
     */
    byte[] respond(int status, InetAddress peer);
}
