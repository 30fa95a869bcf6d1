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
 * A rate limiter that always decides: by a shared limiter while that is available, and otherwise in this process, as
 * the check's {@linkplain RateLimitCheck#onOutage policy} demands.
 *
 * <p>A decision that fails in the shared limiter is made here at once. After {@link Builder#failures} failures in a
 * row, over at least 100 ms, the shared limiter is not used any more ({@link State#FALLBACK}). Once in every {@link
 * Builder#probeInterval}, one check is also sent to the shared limiter as a probe; its caller does not wait for that.
 * After a probe that succeeds, the shared limiter decides again ({@link State#SHARED}). A change of state is logged once,
 * counted, and reported to the listener; requests are not logged.
 *
 * <p>During an outage, each of {@link Builder#replicas} instances enforces its share of the limit with buckets of its
 * own, which it keeps from one outage to the next. The capacity of a share is rounded down, but at least 1. If the
 * shared limiter is a {@link RedisRateLimiter}, or a {@link LeasingRateLimiter} in front of one, a bucket holds at most
 * its share of the level in the latest reply of Redis, and what is earned from then on. A bucket without such a reply
 * begins full, as does one that lacked at most an eighth. So a bucket key gets at most twice its limit, over any time and
 * with any number of outages: once from the shared buckets, and once from all instances together. A store that returns
 * empty grants the capacity of its buckets once more.
 *
 * <p>Thread-safe. Decisions of the shared limiter complete where it completes them, all others on the calling thread.
 * Owns nothing: the caller closes the shared limiter.
 */
public final class FallbackRateLimiter implements RateLimiter {
    private static final Logger log = LoggerFactory.getLogger(FallbackRateLimiter.class);

    /**
     * The minimum duration of an outage. An unreachable node of a cluster fails its decisions at once; the other nodes
     * reply within this time.
     */
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
    private final Once failingReport = new Once();

    private FallbackRateLimiter(Builder builder) {
        this.shared = builder.shared;
        this.fallback =
                new LocalFallback(builder.shared, builder.local, builder.replicas, builder.time, builder.probeInterval);
        this.failuresToFallBack = builder.failures;
        this.probeNanos = builder.probeInterval.toNanos();
        this.time = builder.time;
        this.listener = builder.listener;
    }

    /** The limiter that decides. */
    public enum State {
        /** The shared limiter decides. */
        SHARED,
        /** This process decides; the shared limiter is not used. */
        FALLBACK,
        /** This process decides, and one check is in flight to probe the shared limiter. */
        PROBING
    }

    /** Receives changes of state. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Called once for each change, on the thread that made it, which must not be blocked.
         *
         * @param reason for a person; empty if there is none
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
     * {@inheritDoc} The tokens of a decision of this process go back to its buckets. All others go to the shared
     * limiter, even during an outage, in which they are lost.
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

    /** Returns the state. It changes only with requests, so it can be out of date if there were none. */
    public State state() {
        return state.get();
    }

    /** Returns the number of decisions that this process made since the start. */
    public long fallbackDecisions() {
        return fallbackDecisions.sum();
    }

    /** Returns the number of outages of the shared limiter since the start. */
    public long outages() {
        return outages.sum();
    }

    private CompletionStage<RateLimitDecision> shared(RateLimitCheck check) {
        try {
            return requireNonNull(shared.decide(check), "decision");
        } catch (Throwable e) {
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
        if (from == State.SHARED) {
            outages.increment();
        }
        try {
            report(from, to, failure == null ? "" : Outages.reason(failure));
        } catch (Throwable e) {
            failingReport.warn(log, "A change of state could not be reported", e);
        }
        return true;
    }

    private void report(State from, State to, String reason) {
        if (from == State.SHARED) {
            log.warn("Rate limits are decided without the shared store from now on: {}", reason);
        } else if (to == State.SHARED) {
            log.info("Rate limits are decided by the shared store again");
        } else {
            log.debug("Rate limits: from {} to {} {}", from, to, reason);
        }
        listener.stateChanged(from, to, reason);
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

        /** Sets the limiter with the buckets for outages, whose replicas must be 1; one with the defaults if unset. */
        public Builder local(LocalRateLimiter limiter) {
            this.local = requireNonNull(limiter, "limiter");
            return this;
        }

        /** Sets the number of instances that share the limits, 1 to 10,000; 1 by default. */
        public Builder replicas(int instances) {
            this.replicas = Share.checked(instances);
            return this;
        }

        /**
         * Sets the number of failures in a row after which the shared limiter is not used any more, 1 or more; 5 by
         * default.
         */
        public Builder failures(int inARow) {
            if (inARow < 1) {
                throw new IllegalArgumentException("failures: " + inARow + " (expected: 1 or more)");
            }
            this.failures = inARow;
            return this;
        }

        /** Sets the interval between probes of the shared limiter during an outage, 1 ms to 1 h; 500 ms by default. */
        public Builder probeInterval(Duration interval) {
            if (requireNonNull(interval, "interval").toMillis() < 1 || interval.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("probeInterval: " + interval + " (expected: 1 ms to 1 h)");
            }
            this.probeInterval = interval;
            return this;
        }

        /**
         * Sets the clocks; those of the system by default. The monotonic one determines when probes are due; the wall
         * clock dates decisions of {@code allow} and {@code deny}.
         */
        public Builder time(TimeSource source) {
            this.time = requireNonNull(source, "source");
            return this;
        }

        /** Sets the receiver of changes of state; none by default. */
        public Builder listener(Listener receiver) {
            this.listener = requireNonNull(receiver, "receiver");
            return this;
        }

        /**
         * Returns the limiter.
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
