package io.tollgate.grpc;

import static java.util.Objects.requireNonNull;

/**
 * One address that an {@link Upstream} calls, and the state of its connection when this was made.
 *
 * @param address host and port, as they were given to the builder: {@code orders.internal:50052}, {@code [::1]:50052}
 * @param connectivity the state of the connection
 */
public record Backend(String address, Connectivity connectivity) {
    public Backend {
        requireNonNull(address, "address");
        requireNonNull(connectivity, "connectivity");
    }
}
