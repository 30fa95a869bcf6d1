package io.tollgate.examples.benchmarks.load;

import java.time.Duration;

/**
 * A load on one server.
 *
 * @param port where it listens on the loopback interface
 * @param request what is sent
 * @param connections how many connections, each with one request in flight at a time
 * @param duration how long
 * @param firstToken the number of the token to begin with
 */
public record LoadSpec(int port, RequestSpec request, int connections, Duration duration, long firstToken) {
    /** Returns the same load for another time. */
    public LoadSpec lasting(Duration other) {
        return new LoadSpec(port, request, connections, other, firstToken);
    }
}
