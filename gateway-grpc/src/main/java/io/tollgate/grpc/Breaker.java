package io.tollgate.grpc;

import io.grpc.Status;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The circuit breaker of one upstream. Only a failure opens it: a success is evidence that the upstream is back, and never a
 * reason to reject the next call. Thread-safe; never waits.
 *
 * <p>Its life is a sequence of periods. Calls settle the permit of the period that granted it, so that calls from before the
 * breaker opened, or from before the connection came back, do not count in a later period.
 */
final class Breaker {

    private static final Logger log = LoggerFactory.getLogger(Breaker.class);
    private static final Duration WHILE_PROBING = Duration.ofSeconds(1);

    private final String name;
    private final @Nullable BreakerSettings settings;
    private final LongSupplier nanoTime;
    private volatile Permit current; // written under this
    private boolean proven = true; // a call has succeeded since the counts were last cleared; guarded by this

    private Breaker() {
        this.name = "off";
        this.settings = null;
        this.nanoTime = () -> 0;
        this.current = new Permit(BreakerState.OFF, 0, null, 0);
    }

    /** Returns a breaker that never opens. */
    static Breaker off() {
        return new Breaker();
    }

    Breaker(String name, BreakerSettings settings) {
        this(name, settings, System::nanoTime);
    }

    Breaker(String name, BreakerSettings settings, LongSupplier nanoTime) {
        this.name = name;
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.current = closed(settings, nanoTime.getAsLong());
    }

    /** One of the backends of the upstream. */
    interface Serving {
        /** Returns whether it gets calls, or will once its connection is replaced: nothing is known to be wrong with it. */
        boolean serves();
    }

    /** The evidence that a call gives about the upstream. */
    enum Outcome {
        /** The upstream responds, be it with an error. */
        SUCCESS,
        /** The upstream is unreachable, or says that it is unavailable. */
        FAILURE,
        /** The upstream did not respond in time. */
        NO_RESPONSE,
        /** None: the call ended for reasons on this side. */
        NOTHING;

        /**
         * Returns the evidence of a failure.
         *
         * @param hurried whether the client gave much less time than this side would have: then a late response is no evidence,
         *     or clients in a hurry could open the breaker for all others
         */
        static Outcome of(CallFailure failure, boolean hurried) {
            if (hurried && failure.status().getCode() == Status.Code.DEADLINE_EXCEEDED) {
                return NOTHING;
            }
            return switch (failure.status().getCode()) {
                case UNAVAILABLE -> FAILURE;
                case DEADLINE_EXCEEDED -> failure.genuine() ? FAILURE : NO_RESPONSE;
                case CANCELLED -> NOTHING;
                // Made by the client library these mean that something else than the service is at the other end;
                // sent by the service they may be the fault of one request, which must not shut out the others.
                case INTERNAL, UNKNOWN, UNIMPLEMENTED -> failure.genuine() ? SUCCESS : FAILURE;
                default -> SUCCESS;
            };
        }
    }

    /** The permission for the calls of one period, and what they found. The fields that change are guarded by the breaker. */
    static final class Permit {
        final BreakerState state;
        private final long since;
        private final @Nullable Counts counts;
        private int free;
        private int succeeded;
        private int failed;

        private Permit(BreakerState state, long since, @Nullable Counts counts, int probes) {
            this.state = state;
            this.since = since;
            this.counts = counts;
            this.free = probes;
        }

        /** Returns whether it is that of one of the few calls that decide whether the breaker closes. */
        boolean isProbe() {
            return state == BreakerState.HALF_OPEN;
        }
    }

    /** The calls of a period in which all may pass, and those of each backend that had some. */
    private record Counts(SlidingCount calls, SlidingCount failures, Map<Serving, Counts> byBackend) {
        static Counts of(BreakerSettings s, long now) {
            int seconds = (int) s.window().toSeconds();
            return new Counts(new SlidingCount(seconds, now), new SlidingCount(seconds, now), new HashMap<>());
        }

        void add(long now, boolean failed) {
            calls.add(now);
            if (failed) {
                failures.add(now);
            }
        }

        boolean fail(BreakerSettings s, long now) {
            return failures.sum(now) * 100 >= calls.sum(now) * s.failurePercent();
        }

        /** Returns the counts of a backend. One that is new is the occasion to let go of those that had no calls lately. */
        Counts of(Serving backend, BreakerSettings s, long now) {
            Counts known = byBackend.get(backend);
            if (known == null) {
                letGo(now);
                known = of(s, now);
                byBackend.put(backend, known);
            }
            return known;
        }

        private void letGo(long now) {
            byBackend.values().removeIf(backend -> backend.calls.sum(now) == 0);
        }

        /** Returns whether no backend serves: each that had calls lately gets none any more, or fails too often. */
        boolean allFail(BreakerSettings s, long now) {
            letGo(now);
            return byBackend.entrySet().stream()
                    .allMatch(one -> !one.getKey().serves() || one.getValue().fail(s, now));
        }
    }

    /** Returns the permission for a call, to be returned with {@link #settle}, or null if the call is rejected. */
    @Nullable
    Permit acquire() {
        if (settings == null) {
            return current;
        }
        synchronized (this) {
            if (current.state == BreakerState.OPEN
                    && nanoTime.getAsLong() - current.since
                            >= settings.openFor().toNanos()) {
                become(halfOpen(settings));
            }
            if (current.state == BreakerState.OPEN || (current.isProbe() && current.free == 0)) {
                return null;
            }
            current.free--; // of a period without probes it means nothing
            return current;
        }
    }

    /**
     * Returns a permit, with what the call found.
     *
     * @param backend the one that the call went to, if it went to one. The breaker is that of a service: it does not open while
     *     a backend serves, for the others are left out one by one
     */
    void settle(Permit permit, Outcome outcome, @Nullable Serving backend) {
        if (settings == null) {
            return;
        }
        synchronized (this) {
            proven |= outcome == Outcome.SUCCESS;
            if (permit != current) {
                // it belongs to an earlier period
            } else if (permit.counts != null) {
                count(settings, permit.counts, outcome, backend);
            } else {
                conclude(settings, permit, outcome);
            }
        }
    }

    private void count(BreakerSettings s, Counts counts, Outcome outcome, @Nullable Serving backend) {
        if (outcome == Outcome.NOTHING) {
            return;
        }
        long now = nanoTime.getAsLong();
        boolean failed = outcome != Outcome.SUCCESS;
        counts.add(now, failed);
        if (backend != null) {
            counts.of(backend, s, now).add(now, failed);
        }
        if (failed
                && counts.calls.sum(now) >= s.minimumCalls()
                && counts.fail(s, now)
                && (backend == null || counts.allFail(s, now))) {
            become(new Permit(BreakerState.OPEN, now, null, 0));
        }
    }

    /** Decides as soon as the probes that are still in flight cannot change the decision. */
    private void conclude(BreakerSettings s, Permit probes, Outcome outcome) {
        switch (outcome) {
            case SUCCESS -> probes.succeeded++;
            case FAILURE, NO_RESPONSE -> probes.failed++;
            case NOTHING -> probes.free++;
        }
        int tooMany = s.failurePercent() * s.probes();
        if (probes.failed * 100 >= tooMany) {
            become(new Permit(BreakerState.OPEN, nanoTime.getAsLong(), null, 0));
        } else if ((s.probes() - probes.succeeded) * 100 < tooMany) {
            become(closed(s, nanoTime.getAsLong()));
        }
    }

    /**
     * Lets probes pass at once if the breaker is open: the connection is back. Otherwise clears the counts of an outage, unless
     * no call has succeeded since they were last cleared: a service that fails with every call, and is back a second later,
     * has to open the breaker all the same.
     *
     * @param afterOutage whether the service was unreachable, rather than a connection replaced by another
     */
    void reconnected(boolean afterOutage) {
        if (settings == null) {
            return;
        }
        synchronized (this) {
            if (current.state != BreakerState.CLOSED) {
                become(halfOpen(settings));
            } else if (afterOutage && proven) {
                proven = false;
                current = closed(settings, nanoTime.getAsLong());
            }
        }
    }

    /** Returns the time for which calls will be rejected. */
    Duration retryAfter() {
        Permit now = current;
        return settings != null && now.state == BreakerState.OPEN
                ? Duration.ofNanos(Math.max(1, settings.openFor().toNanos() - (nanoTime.getAsLong() - now.since)))
                : WHILE_PROBING;
    }

    BreakerState state() {
        return current.state;
    }

    private static Permit closed(BreakerSettings s, long now) {
        return new Permit(BreakerState.CLOSED, now, Counts.of(s, now), 0);
    }

    private Permit halfOpen(BreakerSettings s) {
        return new Permit(BreakerState.HALF_OPEN, nanoTime.getAsLong(), null, s.probes());
    }

    private void become(Permit next) {
        BreakerState from = current.state;
        current = next;
        if (next.state == BreakerState.OPEN) {
            log.warn(
                    "{}: circuit breaker {} -> OPEN, calls are rejected for {} ms",
                    name,
                    from,
                    settings == null
                            ? 0
                            : TimeUnit.NANOSECONDS.toMillis(settings.openFor().toNanos()));
        } else if (from != next.state) {
            log.info("{}: circuit breaker {} -> {}", name, from, next.state);
        }
    }
}
