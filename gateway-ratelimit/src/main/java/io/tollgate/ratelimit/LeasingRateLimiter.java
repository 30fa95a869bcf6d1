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
 * A rate limiter for hot keys. If a key is used often, it takes a few tokens at a time from a shared limiter and spends
 * them in this process, so that one decision of the shared limiter serves {@link Builder#tokens} requests.
 *
 * <p>Nothing is admitted beyond the limit, since leased tokens are charged when they are taken. A key can lose the
 * tokens of a lease that are not spent in time: for each instance and key less than {@code tokens} in each {@link
 * Builder#duration}, and none while requests keep coming. A lease is at most a tenth of the limit's capacity. A
 * decision from a lease reports the tokens that were left when the lease was taken, plus the rest of the lease.
 *
 * <p>{@linkplain RateLimitCheck#isReservation Reservations}, checks at cost 0 and checks at the cost of a lease or more
 * go to the shared limiter. A reservation may last longer than a lease, and most are refunded: in the shared limiter
 * its refund is exact and does not depend on a lease that has ended.
 *
 * <p>At most 1,024 keys are watched at a time; checks of other keys go to the shared limiter. Thread-safe. A decision
 * from a lease is complete when it is returned; others complete where the shared limiter completes them. Owns nothing:
 * the caller closes the shared limiter.
 */
public final class LeasingRateLimiter implements RateLimiter {
    private static final int SLOT_BITS = 10;

    private final RateLimiter shared;
    private final int tokens;
    private final long durationNanos;
    private final int hotPerSecond;
    private final TimeSource time;
    private final AtomicReferenceArray<HotKey> slots = new AtomicReferenceArray<>(1 << SLOT_BITS);
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
        // A lease may end before the reservation does; its refund would then be lost.
        if (check.isReservation() || check.cost() == 0 || check.cost() >= batch) {
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
     * {@inheritDoc} The tokens of a decision from a lease go back to the present lease of the key, if that has the same
     * limit, and are lost otherwise. All others go to the shared limiter.
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

    /** Returns the number of leases that were taken since the start. */
    public long leases() {
        return leases.sum();
    }

    /** Returns the number of keys that have a lease now; at most 1,024. */
    public int keysWithLease() {
        long now = time.nanoTime();
        int keys = 0;
        for (int i = 0; i < slots.length(); i++) {
            HotKey key = slots.get(i);
            if (key != null && key.hasLease(now)) {
                keys++;
            }
        }
        return keys;
    }

    /** Returns the number of decisions that were made from leases since the start. */
    public long leasedDecisions() {
        return leasedDecisions.sum();
    }

    RateLimiter shared() {
        return shared;
    }

    /** Requests the whole batch; if that is rejected, the cost of the request. */
    private CompletionStage<RateLimitDecision> lease(HotKey key, RateLimitCheck check, long batch) {
        CompletionStage<RateLimitDecision> asked;
        try {
            asked = ask(check.withCost(batch));
        } catch (Throwable e) {
            // The key must not wait for a lease for ever.
            key.rejected(time.nanoTime() + durationNanos);
            throw e;
        }
        return asked.handle((decision, failure) -> leased(key, check, decision, failure))
                .thenCompose(stage -> stage)
                .toCompletableFuture()
                .minimalCompletionStage();
    }

    private CompletionStage<RateLimitDecision> leased(
            HotKey key, RateLimitCheck check, @Nullable RateLimitDecision decision, @Nullable Throwable failure) {
        long now = time.nanoTime();
        if (decision != null && decision.allowed()) {
            leases.increment();
            return CompletableFuture.completedStage(key.granted(check, decision, now, now + durationNanos));
        }
        key.rejected(now + durationNanos);
        return decision == null ? CompletableFuture.failedStage(requireNonNull(failure, "failure")) : ask(check);
    }

    private CompletionStage<RateLimitDecision> ask(RateLimitCheck check) {
        try {
            return requireNonNull(shared.decide(check), "decision");
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /** Returns the state of the key; null if another key that is in use has its place. */
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
        // Fibonacci hashing: hashes of keys such as user:1000 and user:1001 differ in few bits.
        return (key.hashCode() * 0x9E3779B9) >>> (Integer.SIZE - SLOT_BITS);
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

        /** Sets the tokens of a lease, 2 to 10,000; 10 by default. */
        public Builder tokens(int most) {
            if (most < 2 || most > 10_000) {
                throw new IllegalArgumentException("tokens: " + most + " (expected: 2 to 10000)");
            }
            this.tokens = most;
            return this;
        }

        /** Sets the duration of a lease, 10 ms to 1 min; 500 ms by default. */
        public Builder duration(Duration most) {
            if (requireNonNull(most, "most").toMillis() < 10 || most.compareTo(Duration.ofMinutes(1)) > 0) {
                throw new IllegalArgumentException("duration: " + most + " (expected: 10 ms to 1 min)");
            }
            this.duration = most;
            return this;
        }

        /** Sets the number of requests per second from which a key is hot, 1 or more; 100 by default. */
        public Builder hotPerSecond(int requests) {
            if (requests < 1) {
                throw new IllegalArgumentException("hotPerSecond: " + requests + " (expected: 1 or more)");
            }
            this.hotPerSecond = requests;
            return this;
        }

        /** Sets the clocks, of which the monotonic one ends leases; those of the system by default. */
        public Builder time(TimeSource source) {
            this.time = requireNonNull(source, "source");
            return this;
        }

        /** Returns the limiter. */
        public LeasingRateLimiter build() {
            return new LeasingRateLimiter(this);
        }
    }
}
