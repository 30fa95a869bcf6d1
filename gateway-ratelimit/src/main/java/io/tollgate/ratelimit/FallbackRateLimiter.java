package io.tollgate.ratelimit;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.TimeSource;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A rate limiter that always has an answer: that of a shared limiter while that one answers, and otherwise what the check's
 * {@linkplain RateLimitCheck#onOutage policy} wants.
 *
 * <p>The ladder: a decision that the shared limiter fails is made here, at once. After {@link Builder#failures} of them in
 * a row, and 100 ms without an answer, nothing is asked of the shared limiter any more ({@link State#FALLBACK}). Every {@link Builder#probeInterval} one
 * check is, beside being decided here, also sent to the shared limiter; its caller does not wait for that. When such a
 * probe is answered, all are asked there again ({@link State#SHARED}). A change of state is logged once, counted, and told
 * to the listener; requests are not logged.
 *
 * <p>In an outage each of {@link Builder#replicas} instances enforces its share of the limit from buckets of its own, which
 * it keeps from one outage to the next; a share's capacity is rounded down, and at least 1. So, over any time and however
 * many outages, a key is admitted at most twice its limit: once by the shared buckets and once by all instances together.
 * A store that comes back empty grants its buckets' capacity once more.
 *
 * <p>Thread-safe. What the shared limiter answers is completed where it completes it; all else on the calling thread. Owns
 * nothing: whoever made the shared limiter closes it.
 */
public final class FallbackRateLimiter implements RateLimiter {
    private static final Logger log = LoggerFactory.getLogger(FallbackRateLimiter.class);

    /** A part of a cluster that is away fails its decisions at once, in a row; the other parts answer within this time. */
    private static final long FAILING_NANOS = 100_000_000;

    private final RateLimiter shared;
    private final LocalFallback fallback;
    private final int failuresToFallBack;
    private final long probeNanos;
    private final TimeSource time;
    private final Listener listener;

    private final AtomicReference<State> state = new AtomicReference<>(State.SHARED);
    private final AtomicInteger failuresInARow = new AtomicInteger();
    private volatile long failingSince;
    private final AtomicLong nextProbe = new AtomicLong();
    private final LongAdder fallbackDecisions = new LongAdder();
    private final LongAdder outages = new LongAdder();

    private FallbackRateLimiter(Builder builder) {
        this.shared = builder.shared;
        this.fallback = new LocalFallback(builder.local, builder.replicas, builder.time, builder.probeInterval);
        this.failuresToFallBack = builder.failures;
        this.probeNanos = builder.probeInterval.toNanos();
        this.time = builder.time;
        this.listener = builder.listener;
    }

    /** Who decides. */
    public enum State {
        /** The shared limiter decides. */
        SHARED,
        /** The shared limiter is not asked. */
        FALLBACK,
        /** The same, and one check is on its way to see whether the shared limiter answers again. */
        PROBING
    }

    /** Is told when the state changes. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Called once for each change, on whichever thread made it, which must not be blocked.
         *
         * @param reason for a person
         */
        void stateChanged(State from, State to, String reason);
    }

    /** Returns a builder of a limiter in front of {@code shared}, such as a {@link RedisRateLimiter}. */
    public static Builder builder(RateLimiter shared) {
        return new Builder(shared);
    }

    @Override
    public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
        requireNonNull(check, "check");
        if (state.get() == State.SHARED) {
            return shared(check).handle((decision, failure) -> {
                if (failure == null) {
                    succeeded();
                    return decision;
                }
                failed(failure);
                return fallBack(check);
            });
        }
        probe(check);
        return CompletableFuture.completedStage(fallBack(check));
    }

    /**
     * {@inheritDoc} What was decided here is given back to the buckets of this instance; all else is for the shared limiter,
     * in an outage too, where it is lost.
     */
    @Override
    public CompletionStage<@Nullable Void> refund(RateLimitDecision decision) {
        if (!decision.refundable()) {
            return Refunds.DONE;
        }
        if (decision.source() == RateLimitDecision.Source.FALLBACK) {
            fallback.giveBack(decision.check());
            return Refunds.DONE;
        }
        return shared.refund(decision);
    }

    /** Who decides now. Without requests there are no probes, so this may be out of date by as long as there were none. */
    public State state() {
        return state.get();
    }

    /** How many decisions were made here since the start. */
    public long fallbackDecisions() {
        return fallbackDecisions.sum();
    }

    /** How many times the shared limiter was given up since the start. */
    public long outages() {
        return outages.sum();
    }

    private CompletionStage<RateLimitDecision> shared(RateLimitCheck check) {
        try {
            return shared.decide(check);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private RateLimitDecision fallBack(RateLimitCheck check) {
        fallbackDecisions.increment();
        return fallback.decide(check);
    }

    private void succeeded() {
        if (failuresInARow.get() != 0) {
            failuresInARow.set(0);
        }
    }

    private void failed(Throwable failure) {
        long now = time.nanoTime();
        int failures = failuresInARow.incrementAndGet();
        if (failures == 1) {
            failingSince = now;
        }
        if (failures >= failuresToFallBack && now - failingSince >= FAILING_NANOS && state.get() == State.SHARED) {
            nextProbe.set(now + probeNanos);
            change(State.SHARED, State.FALLBACK, failure);
        }
    }

    private void probe(RateLimitCheck check) {
        long due = nextProbe.get();
        long now = time.nanoTime();
        if (now - due < 0
                || !nextProbe.compareAndSet(due, now + probeNanos)
                || !change(State.FALLBACK, State.PROBING, null)) {
            return;
        }
        shared(check).whenComplete((decision, failure) -> {
            if (failure == null) {
                failuresInARow.set(0);
                change(State.PROBING, State.SHARED, null);
            } else {
                change(State.PROBING, State.FALLBACK, failure);
            }
        });
    }

    private boolean change(State from, State to, @Nullable Throwable failure) {
        if (!state.compareAndSet(from, to)) {
            return false;
        }
        String reason = failure == null ? "" : Outages.reason(failure);
        if (from == State.SHARED) {
            outages.increment();
            log.warn("Rate limits are decided without the shared store from now on: {}", reason);
        } else if (to == State.SHARED) {
            log.info("Rate limits are decided by the shared store again");
        } else {
            log.debug("Rate limits: from {} to {} {}", from, to, reason);
        }
        listener.stateChanged(from, to, reason);
        return true;
    }

    /** Builds a {@link FallbackRateLimiter}. Not thread-safe. */
    public static final class Builder {
        private final RateLimiter shared;
        private LocalRateLimiter local = LocalRateLimiter.builder().build();
        private int replicas = 1;
        private int failures = 5;
        private Duration probeInterval = Duration.ofMillis(500);
        private TimeSource time = TimeSource.system();
        private Listener listener = (from, to, reason) -> {};

        private Builder(RateLimiter shared) {
            this.shared = requireNonNull(shared, "shared");
        }

        /** Holds the buckets of outages; a limiter with the defaults if none is given. Its replicas are 1. */
        public Builder local(LocalRateLimiter limiter) {
            this.local = requireNonNull(limiter, "limiter");
            return this;
        }

        /** How many instances share the limits, 1 to 10,000; 1 by default. */
        public Builder replicas(int instances) {
            this.replicas = Share.checked(instances);
            return this;
        }

        /** After how many failures in a row the shared limiter is given up, 1 or more; 5 by default. */
        public Builder failures(int inARow) {
            if (inARow < 1) {
                throw new IllegalArgumentException("failures: " + inARow + " (expected: 1 or more)");
            }
            this.failures = inARow;
            return this;
        }

        /** How often a shared limiter that was given up is tried, 1 ms to 1 h; 500 ms by default. */
        public Builder probeInterval(Duration interval) {
            if (requireNonNull(interval, "interval").toMillis() < 1 || interval.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("probeInterval: " + interval + " (expected: 1 ms to 1 h)");
            }
            this.probeInterval = interval;
            return this;
        }

        /**
         * Sets the clocks; those of the system by default. Probes are due by the monotonic one; the wall clock dates
         * decisions of {@code allow} and {@code deny}.
         */
        public Builder time(TimeSource source) {
            this.time = requireNonNull(source, "source");
            return this;
        }

        /** Who is told of changes of state; nobody by default. */
        public Builder listener(Listener whoIsTold) {
            this.listener = requireNonNull(whoIsTold, "whoIsTold");
            return this;
        }

        /**
         * The limiter.
         *
         * @throws IllegalStateException if the local limiter has replicas of its own
         */
        public FallbackRateLimiter build() {
            if (local.replicas() != 1) {
                throw new IllegalStateException("local: a limiter for " + local.replicas()
                        + " replicas (expected: 1; set the replicas of the fallback)");
            }
            return new FallbackRateLimiter(this);
        }
    }
}
