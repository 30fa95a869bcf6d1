package io.tollgate.grpc;

import static io.tollgate.grpc.Expect.within;

import java.time.Duration;

/**
 * The conditions under which the circuit breaker of an {@link Upstream} opens and closes again.
 *
 * @param window the time over which outcomes are counted, in whole seconds, 2 seconds to 10 minutes
 * @param minimumCalls the number of outcomes that the window must hold before any conclusion is drawn, 1 to 1,000,000
 * @param failurePercent the share of failures at which a failure opens it, 1 to 100; a success never does
 * @param openFor the time for which calls are rejected before probes are let through, 1 millisecond to 1 hour; it ends
 *     early when a lost connection is back
 * @param probes the number of calls that are let through to decide whether it closes, 1 to 1,000
 */
public record BreakerSettings(Duration window, int minimumCalls, int failurePercent, Duration openFor, int probes) {
    public BreakerSettings {
        within("window", window, Duration.ofSeconds(2), Duration.ofMinutes(10));
        if (!window.equals(Duration.ofSeconds(window.toSeconds()))) {
            throw new IllegalArgumentException("window: " + window + " (expected: whole seconds)");
        }
        within("minimumCalls", minimumCalls, 1, 1_000_000);
        within("failurePercent", failurePercent, 1, 100);
        within("openFor", openFor, Duration.ofMillis(1), Duration.ofHours(1));
        within("probes", probes, 1, 1_000);
    }

    /** Half of at least 20 calls within 10 seconds open it for 2 seconds; 3 probes decide. */
    public static BreakerSettings defaults() {
        return new BreakerSettings(Duration.ofSeconds(10), 20, 50, Duration.ofSeconds(2), 3);
    }
}
