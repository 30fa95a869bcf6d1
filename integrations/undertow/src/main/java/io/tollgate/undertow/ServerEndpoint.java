package io.tollgate.undertow;

/**
 * Begins an exchange for each request. For applications that need more of the server than {@link
 * io.tollgate.api.http.HttpEndpoint} shows: timers on the I/O thread, the end of the exchange, or a client that leaves.
 */
@FunctionalInterface
public interface ServerEndpoint {
    /** Returns the exchange of a request. Called on the I/O thread of the connection; must neither block nor throw. */
    ServerExchange begin(ServerRequest request);
}
