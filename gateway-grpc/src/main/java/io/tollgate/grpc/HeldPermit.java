package io.tollgate.grpc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A circuit breaker's permit that a call holds until it is returned, once. Thread-safe. */
final class HeldPermit {
    private final Breaker breaker;
    private final Breaker.Permit permit;

    /** Observes the trailers of the call, and the backend that it goes to. */
    final ReceivedTrailers received = new ReceivedTrailers();

    private final AtomicBoolean returned = new AtomicBoolean();

    HeldPermit(Breaker breaker, Breaker.Permit permit) {
        this.breaker = breaker;
        this.permit = permit;
    }

    /**
     * Returns the permit after a while if it is that of a probe: a stream may be silent for hours, and the few probes of a
     * half-open breaker would all be taken until then.
     */
    void probeForAtMost(long nanos) {
        if (permit.isProbe()) {
            CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, Runnable::run)
                    .execute(() -> settle(Breaker.Outcome.NOTHING));
        }
    }

    /** Returns the permit; does nothing the second time. */
    void settle(Breaker.Outcome outcome) {
        if (returned.compareAndSet(false, true)) {
            breaker.settle(permit, outcome, received.backend);
        }
    }
}
