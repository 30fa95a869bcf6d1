package io.tollgate.ratelimit;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.TimeSource;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.api.ratelimit.RateLimiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A rate limiter with its buckets in this process. Decisions are exact to a millionth of a token, lock only the bucket
 * of their key, and are complete when they are returned.
 *
 * <p>Memory is bounded: at most {@link Builder#maxKeys} buckets (and one more for each thread that is adding one), with
 * keys of at most 256 characters; longer keys are replaced by their SHA-256 digest. If there is no room for a new
 * bucket, one of a random sample of 16 is evicted: the fullest, or the first that lacks at most a sixteenth of its
 * capacity. To evict a full bucket gives nothing away; any other gets back the tokens that it lacked. So a client that
 * floods the limiter with new keys regains little of what those keys spent. An exhausted bucket is evicted only if all
 * of its sample are exhausted: if half of all buckets are, that is one eviction in 65,000. If {@link #evictions} rises
 * while {@link #size} is at the bound, this is harmless as long as most buckets are full; otherwise raise the bound.
 *
 * <p>Thread-safe. Owns no threads and no connections.
 */
public final class LocalRateLimiter implements RateLimiter {
    private final BucketTable buckets;
    private final Time time;
    private final Share share;

    private LocalRateLimiter(Builder builder) {
        this.time = new Time(builder.time);
        this.buckets = new BucketTable(builder.maxKeys, time);
        this.share = new Share(builder.replicas);
    }

    /** Returns a builder, which needs no settings. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the decision of {@link #decide}, without the stage around it. */
    public RateLimitDecision decideNow(RateLimitCheck check) {
        RateLimitCheck own = share.of(check);
        return decide(own, own, RateLimitDecision.Source.LOCAL);
    }

    /** Decides {@code check}, which is the share of this instance of {@code asked}. */
    RateLimitDecision decide(RateLimitCheck check, RateLimitCheck asked, RateLimitDecision.Source source) {
        BucketKey key = BucketKey.of(check);
        while (true) {
            Bucket bucket = buckets.get(key, check.limit());
            @Nullable RateLimitDecision decision = bucket.decide(check, asked, source, time);
            if (decision != null) {
                return decision;
            }
            buckets.remove(bucket);
        }
    }

    /** Lowers the bucket of {@code check} to its levels in a shared store; makes one if there is none. */
    void lower(RateLimitCheck check, KnownLevels known) {
        BucketKey key = BucketKey.of(check);
        while (true) {
            Bucket bucket = buckets.get(key, check.limit());
            if (bucket.lower(check.limit(), known, time)) {
                return;
            }
            buckets.remove(bucket);
        }
    }

    @Override
    public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
        return CompletableFuture.completedStage(decideNow(check));
    }

    /** {@inheritDoc} If the bucket was evicted, nothing is given back, since the key has a full bucket again. */
    @Override
    public CompletionStage<@Nullable Void> refund(RateLimitDecision decision) {
        if (!decision.refundable()) {
            return Refunds.DONE;
        }
        if (decision.source() != RateLimitDecision.Source.LOCAL) {
            return Refunds.foreign(decision, RateLimitDecision.Source.LOCAL);
        }
        giveBack(decision.check());
        return Refunds.DONE;
    }

    /** Gives back the tokens of {@code check}, which is the share of this instance. */
    void giveBack(RateLimitCheck check) {
        Bucket bucket = buckets.find(BucketKey.of(check));
        if (bucket != null) {
            bucket.refund(check, time);
        }
    }

    int replicas() {
        return share.replicas;
    }

    @Override
    public CompletionStage<RateLimitDecisions> decideAll(List<RateLimitCheck> checks) {
        if (checks.size() == 1) {
            return CompletableFuture.completedStage(new RateLimitDecisions(List.of(decideNow(checks.get(0)))));
        }
        List<RateLimitDecision> decisions = new ArrayList<>(checks.size());
        for (RateLimitCheck check : checks) {
            RateLimitDecision decision = decideNow(check);
            decisions.add(decision);
            if (decision.rejects()) {
                break;
            }
        }
        return CompletableFuture.completedStage(new RateLimitDecisions(decisions));
    }

    /** Returns the number of buckets. Full ones stay until their room is needed. */
    public long size() {
        return buckets.size();
    }

    /** Returns the number of buckets that were evicted since the start, full ones included. */
    public long evictions() {
        return buckets.evictions();
    }

    /** Builds a {@link LocalRateLimiter}. Not thread-safe. */
    public static final class Builder {
        private int maxKeys = 100_000;
        private int replicas = 1;
        private TimeSource time = TimeSource.system();

        private Builder() {}

        /**
         * Sets the maximum of buckets, 1 to 100,000,000; 100,000 by default. Each takes about 250 bytes and its key.
         */
        public Builder maxKeys(int keys) {
            this.maxKeys = checkedMaxKeys(keys);
            return this;
        }

        static int checkedMaxKeys(int keys) {
            if (keys < 1 || keys > 100_000_000) {
                throw new IllegalArgumentException("maxKeys: " + keys + " (expected: 1 to 100000000)");
            }
            return keys;
        }

        /**
         * Sets the number of instances that share the limits without a shared store, 1 to 10,000; 1 by default. Each
         * enforces its share of every limit, rounded down but at least one token. The check of a decision has that
         * share as its limit.
         */
        public Builder replicas(int instances) {
            this.replicas = Share.checked(instances);
            return this;
        }

        /**
         * Sets the clocks; those of the system by default. Buckets refill by the monotonic one alone; the wall clock
         * dates decisions, and may be wrong or jump.
         */
        public Builder time(TimeSource source) {
            this.time = requireNonNull(source, "source");
            return this;
        }

        /** Returns the limiter. */
        public LocalRateLimiter build() {
            return new LocalRateLimiter(this);
        }
    }
}
