package io.tollgate.undertow;

import java.time.Duration;

/**
 * The settings of a listener.
 *
 * @param name of its threads
 * @param port 0 takes any free port
 * @param ioThreads each serves its share of the connections
 * @param maxConnections beyond which new connections wait until others are closed
 * @param idleTimeout of a connection without a request
 * @param drainTimeout of in-flight requests when the listener is closed
 */
record ServerSettings(
        String name,
        String host,
        int port,
        int ioThreads,
        int maxConnections,
        Heads heads,
        Limits limits,
        Duration idleTimeout,
        Duration drainTimeout) {
    /**
     * The limits of the head of a request.
     *
     * @param maxSize in bytes
     * @param timeout of its arrival
     */
    record Heads(int maxSize, int maxHeaders, int maxParameters, Duration timeout) {}

    /**
     * The limits of the rest of an exchange.
     *
     * @param maxBodySize of the request, in bytes
     * @param readTimeout of the arrival of the request's body
     * @param writeTimeout of the client taking a response, or one buffer of a response that is a stream
     */
    record Limits(long maxBodySize, Duration readTimeout, Duration writeTimeout) {}
}
