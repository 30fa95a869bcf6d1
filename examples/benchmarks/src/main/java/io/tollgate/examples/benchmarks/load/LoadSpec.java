package io.tollgate.examples.benchmarks.load;

import java.time.Duration;

/**
 * A load on one server.
 *
 * @param port where it listens on the loopback interface
 * @param request what is sent
 * @param protocol what it is sent in
 * @param connections how many connections, each with one request in flight at a time; in HTTP/2 how many streams
 * @param duration how long
 * @param firstToken the number of the token to begin with
 */
public record LoadSpec(
        int port, RequestSpec request, Protocol protocol, int connections, Duration duration, long firstToken) {
    /** A load in HTTP/1.1. */
    public LoadSpec(int port, RequestSpec request, int connections, Duration duration, long firstToken) {
        this(port, request, Protocol.HTTP_1, connections, duration, firstToken);
    }

    /** Returns the same load for another time. */
    public LoadSpec lasting(Duration other) {
        return new LoadSpec(port, request, protocol, connections, other, firstToken);
    }
}
