package io.tollgate.grpc;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * One backend that an {@link Upstream} calls, and its state when this was made.
 *
 * @param address the IP address and the port, {@code 10.0.0.7:50052}, {@code [::1]:50052}; before the name of the service was
 *     looked up for the first time, the name and the port
 * @param connectivity {@code READY} while it gets calls; with health checking also {@code TRANSIENT_FAILURE} while it reports
 *     that it does not serve, and {@code CONNECTING} until it has reported something
 * @param problem why it gets no calls, for a person; empty while it does, or while nothing is known to be wrong
 */
public record Backend(String address, Connectivity connectivity, Optional<String> problem) {
    public Backend {
        requireNonNull(address, "address");
        requireNonNull(connectivity, "connectivity");
        requireNonNull(problem, "problem");
    }
}
