package io.tollgate.api.guard;

import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/** Refunds reservations. Failures are logged and fail no request. */
final class Refunds {
    private static final Logger log = System.getLogger("io.tollgate.guard");

    private final RateLimiter limiter;
    private final AtomicBoolean warned = new AtomicBoolean();

    Refunds(RateLimiter limiter) {
        this.limiter = limiter;
    }

    /** Refunds a reservation. Returns false if the limiter has no refunds or threw, so that it is charged. */
    boolean of(RateLimitDecision reservation) {
        if (!reservation.refundable()) {
            return true;
        }
        String policy = reservation.policy();
        try {
            limiter.refund(reservation).whenComplete((done, failure) -> {
                if (failure != null) {
                    log.log(Level.DEBUG, "A refund of policy " + policy + " was lost", failure);
                }
            });
            return true;
        } catch (UnsupportedOperationException e) {
            if (!warned.getAndSet(true)) {
                log.log(
                        Level.WARNING,
                        "Reservations are charged however their requests end, since {0}; first of policy {1}",
                        e.getMessage(),
                        policy);
            }
        } catch (RuntimeException e) {
            log.log(Level.ERROR, "A refund of policy " + policy + " failed", e);
        }
        return false;
    }
}
