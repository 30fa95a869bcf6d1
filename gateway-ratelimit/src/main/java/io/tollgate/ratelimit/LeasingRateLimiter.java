package io.tollgate.ratelimit;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.TimeSource;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A rate limiter for hot keys: of a key that it sees often it takes a few tokens at a time from a shared limiter, and
 * spends them without asking again. This makes one decision of the shared limiter serve {@link Builder#tokens} requests.
 *
 * <p>Nothing is admitted beyond the limit, for leased tokens are paid for when they are taken. What a key may lose are the
 * tokens of a lease that it did not spend in time: for each instance and key less than {@code tokens} in each
 * {@link Builder#duration}, and none while requests keep coming. A lease is at most a tenth of the limit's capacity. A
 * decision from a lease tells what was left when the lease was taken, and what is left of the lease.
 *
 * <p>At most 1,024 keys are watched at a time; checks of other keys, and checks at no cost, go to the shared limiter.
 * Thread-safe. A decision from a lease is complete when it is returned, others are completed where the shared limiter
 * completes them. Owns nothing: whoever made the shared limiter closes it.
 */
public final class LeasingRateLimiter implements RateLimiter {
    private static final int SLOTS = 1_024;

    private final RateLimiter shared;
    private final int tokens;
    private final long durationNanos;
    private final int hotPerSecond;
    private final TimeSource time;
    private final AtomicReferenceArray<HotKey> slots = new AtomicReferenceArray<>(SLOTS);
    private final LongAdder leases = new LongAdder();
    private final LongAdder leasedDecisions = new LongAdder();
    private final LongAdder lostRefunds = new LongAdder();

    private LeasingRateLimiter(Builder builder) {
        this.shared = builder.shared;
        this.tokens = builder.tokens;
        this.durationNanos = builder.duration.toNanos();
        this.hotPerSecond = builder.hotPerSecond;
        this.time = builder.time;
    }

    /** Returns a builder of a limiter in front of {@code shared}, such as a {@link RedisRateLimiter}. */
    public static Builder builder(RateLimiter shared) {
        return new Builder(shared);
    }

    @Override
    public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
        long batch = Math.min(tokens, check.limit().capacity() / 10);
        if (check.cost() == 0 || check.cost() >= batch) {
            return shared.decide(check);
        }
        long now = time.nanoTime();
        HotKey key = watched(BucketKey.of(check), now);
        if (key == null) {
            return shared.decide(check);
        }
        RateLimitDecision leased = key.spend(check, now);
        if (leased != null) {
            leasedDecisions.increment();
            return CompletableFuture.completedStage(leased);
        }
        return key.wantsLease(now, hotPerSecond) ? lease(key, check, batch) : shared.decide(check);
    }

    /**
     * {@inheritDoc} What was decided from a lease is given back to the lease that the key has now, if that is of the same
     * limit, and is lost otherwise; all else is for the shared limiter.
     */
    @Override
    public CompletionStage<@Nullable Void> refund(RateLimitDecision decision) {
        if (decision.source() != RateLimitDecision.Source.LEASE) {
            return shared.refund(decision);
        }
        if (!decision.refundable()) {
            return Refunds.DONE;
        }
        BucketKey key = BucketKey.of(decision.check());
        HotKey there = slots.get(slot(key));
        if (there != null && there.key.equals(key) && there.refund(decision.check(), time.nanoTime())) {
            return Refunds.DONE;
        }
        lostRefunds.increment();
        return Refunds.lost(decision, "the lease has ended");
    }

    /** Returns the number of refunds that were lost since the start because the lease had ended. */
    public long lostRefunds() {
        return lostRefunds.sum();
    }

    /** How many leases were taken since the start. */
    public long leases() {
        return leases.sum();
    }

    /** How many decisions were made from leases since the start. */
    public long leasedDecisions() {
        return leasedDecisions.sum();
    }

    /** Asks for the whole batch; where that is refused, for what the request costs. */
    private CompletionStage<RateLimitDecision> lease(HotKey key, RateLimitCheck check, long batch) {
        CompletableFuture<RateLimitDecision> answer = new CompletableFuture<>();
        ask(check.withCost(batch)).whenComplete((decision, failure) -> {
            if (failure != null) {
                key.refused(time.nanoTime() + durationNanos);
                answer.completeExceptionally(failure);
            } else if (decision.allowed()) {
                leases.increment();
                long now = time.nanoTime();
                answer.complete(key.granted(check, decision, now, now + durationNanos));
            } else {
                key.refused(time.nanoTime() + durationNanos);
                ask(check).whenComplete((single, cause) -> {
                    if (cause != null) {
                        answer.completeExceptionally(cause);
                    } else {
                        answer.complete(single);
                    }
                });
            }
        });
        return answer.minimalCompletionStage();
    }

    private CompletionStage<RateLimitDecision> ask(RateLimitCheck check) {
        try {
            return shared.decide(check);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /** The key's place, if it has one or can get one: one that another key does not use now. */
    private @Nullable HotKey watched(BucketKey key, long now) {
        int slot = slot(key);
        HotKey there = slots.get(slot);
        if (there != null && there.key.equals(key)) {
            return there;
        }
        if (there != null && !there.isIdle(now)) {
            return null;
        }
        HotKey mine = new HotKey(key, now);
        return slots.compareAndSet(slot, there, mine) ? mine : null;
    }

    private static int slot(BucketKey key) {
        int hash = key.hashCode();
        return (hash ^ (hash >>> 16)) & (SLOTS - 1);
    }

    /** Builds a {@link LeasingRateLimiter}. Not thread-safe. */
    public static final class Builder {
        private final RateLimiter shared;
        private int tokens = 10;
        private Duration duration = Duration.ofMillis(500);
        private int hotPerSecond = 100;
        private TimeSource time = TimeSource.system();

        private Builder(RateLimiter shared) {
            this.shared = requireNonNull(shared, "shared");
        }

        /** The tokens of a lease, 2 to 10,000; 10 by default. */
        public Builder tokens(int most) {
            if (most < 2 || most > 10_000) {
                throw new IllegalArgumentException("tokens: " + most + " (expected: 2 to 10000)");
            }
            this.tokens = most;
            return this;
        }

        /** How long a lease is good for, 10 ms to 1 min; 500 ms by default. */
        public Builder duration(Duration most) {
            if (requireNonNull(most, "most").toMillis() < 10 || most.compareTo(Duration.ofMinutes(1)) > 0) {
                throw new IllegalArgumentException("duration: " + most + " (expected: 10 ms to 1 min)");
            }
            this.duration = most;
            return this;
        }

        /** From how many requests a second on a key is hot, 1 or more; 100 by default. */
        public Builder hotPerSecond(int requests) {
            if (requests < 1) {
                throw new IllegalArgumentException("hotPerSecond: " + requests + " (expected: 1 or more)");
            }
            this.hotPerSecond = requests;
            return this;
        }

        /** Sets the clocks, by the monotonic one of which leases end; those of the system by default. */
        public Builder time(TimeSource source) {
            this.time = requireNonNull(source, "source");
            return this;
        }

        /** The limiter. */
        public LeasingRateLimiter build() {
            return new LeasingRateLimiter(this);
        }
    }
}
