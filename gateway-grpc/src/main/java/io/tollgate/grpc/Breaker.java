package io.tollgate.grpc;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.event.CircuitBreakerOnStateTransitionEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The circuit breaker of one upstream. Thread-safe; never blocks. */
final class Breaker {
    static final Breaker OFF = new Breaker();

    private static final Logger log = LoggerFactory.getLogger(Breaker.class);
    private static final Duration WHILE_PROBING = Duration.ofSeconds(1);

    private final @Nullable CircuitBreaker circuit;
    private final String name;
    private final long openNanos;
    private volatile long openedAt;

    private Breaker() {
        this.circuit = null;
        this.name = "off";
        this.openNanos = 0;
    }

    Breaker(String name, BreakerSettings settings) {
        this.name = name;
        this.openNanos = settings.openFor().toNanos();
        this.circuit = CircuitBreaker.of(
                name,
                CircuitBreakerConfig.custom()
                        .slidingWindow(
                                (int) settings.window().toSeconds(),
                                settings.minimumCalls(),
                                CircuitBreakerConfig.SlidingWindowType.TIME_BASED)
                        .failureRateThreshold(settings.failurePercent())
                        .slowCallDurationThreshold(Duration.ofDays(1))
                        .waitDurationInOpenState(settings.openFor())
                        .permittedNumberOfCallsInHalfOpenState(settings.probes())
                        .clock(new MonotonicClock())
                        .build());
        circuit.getEventPublisher().onStateTransition(this::changed);
    }

    /** The permission for a call. */
    enum Permit {
        REJECTED,
        ORDINARY,
        PROBE
    }

    /** The evidence that a call gives about the upstream. */
    enum Outcome {
        /** The upstream responds, be it with an error. */
        SUCCESS,
        /** The upstream is unreachable, or does not respond. */
        FAILURE,
        /** None: the call ended for reasons on this side. */
        NOTHING;

        static Outcome of(CallFailure failure) {
            return switch (failure.status().getCode()) {
                case UNAVAILABLE, DEADLINE_EXCEEDED -> FAILURE;
                case CANCELLED -> NOTHING;
                // Made by the client library these mean that something else than the service is at the other end;
                // sent by the service they may be the fault of one request, which must not shut out the others.
                case INTERNAL, UNKNOWN, UNIMPLEMENTED -> failure.genuine() ? SUCCESS : FAILURE;
                default -> SUCCESS;
            };
        }
    }

    /** Returns the permission for a call; unless it is rejected, return the permit with {@link #settle}. */
    Permit acquire() {
        if (circuit == null) {
            return Permit.ORDINARY;
        }
        boolean closedBefore = circuit.getState() == CircuitBreaker.State.CLOSED;
        if (!circuit.tryAcquirePermission()) {
            return Permit.REJECTED;
        }
        // In doubt a probe: one too many counted does no harm, one never settled would keep the breaker half open.
        return closedBefore && circuit.getState() == CircuitBreaker.State.CLOSED ? Permit.ORDINARY : Permit.PROBE;
    }

    /** Returns a permit. */
    void settle(Permit permit, Outcome outcome, long nanos) {
        if (circuit == null) {
            return;
        }
        // A call that began before the breaker opened and ends now is no probe of how things are now.
        if (permit == Permit.ORDINARY && circuit.getState() != CircuitBreaker.State.CLOSED) {
            return;
        }
        switch (outcome) {
            case SUCCESS -> circuit.onSuccess(nanos, TimeUnit.NANOSECONDS);
            case FAILURE -> circuit.onError(nanos, TimeUnit.NANOSECONDS, new Failure());
            case NOTHING -> circuit.releasePermission();
        }
    }

    /** Returns the time for which calls will be rejected. */
    Duration retryAfter() {
        return state() == BreakerState.OPEN
                ? Duration.ofNanos(Math.max(1, openNanos - (System.nanoTime() - openedAt)))
                : WHILE_PROBING;
    }

    BreakerState state() {
        if (circuit == null) {
            return BreakerState.OFF;
        }
        return switch (circuit.getState()) {
            case OPEN, FORCED_OPEN -> BreakerState.OPEN;
            case HALF_OPEN -> BreakerState.HALF_OPEN;
            case CLOSED, DISABLED, METRICS_ONLY -> BreakerState.CLOSED;
        };
    }

    private void changed(CircuitBreakerOnStateTransitionEvent event) {
        CircuitBreaker.State to = event.getStateTransition().getToState();
        if (to == CircuitBreaker.State.OPEN) {
            openedAt = System.nanoTime();
            log.warn(
                    "{}: circuit breaker {} -> OPEN, calls are refused for {} ms",
                    name,
                    event.getStateTransition().getFromState(),
                    TimeUnit.NANOSECONDS.toMillis(openNanos));
        } else {
            log.info(
                    "{}: circuit breaker {} -> {}",
                    name,
                    event.getStateTransition().getFromState(),
                    to);
        }
    }

    /** The exception that the circuit breaker library requires for a failure. */
    private static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Failure() {
            super("the call failed", null, false, false);
        }
    }

    /** Durations must not follow the wall clock, which can be set. */
    private static final class MonotonicClock extends Clock {
        private final long start = System.nanoTime();

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(System.nanoTime() - start);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
