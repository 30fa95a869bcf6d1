package io.tollgate.ratelimit;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.TimeSource;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.api.ratelimit.RateLimiter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The usual limiter for limits that several instances share, in one object: buckets in Redis, leases for hot keys as an
 * option, and a fallback to this process while Redis is unavailable.
 *
 * <pre>{@code
 * try (SharedRateLimiter limiter = SharedRateLimiter.builder("redis://localhost:6379")
 *         .namespace("shop")
 *         .replicas(3)
 *         .build()) {
 *     limiter.decide(RateLimitCheck.of("daily", "user:42", RateLimit.perDay(1_000)))
 *             .thenAccept(decision -> log(decision.allowed()));
 * }
 * }</pre>
 *
 * <p>It is a {@link FallbackRateLimiter} in front of a {@link RedisRateLimiter}, with a {@link LeasingRateLimiter}
 * between them if there are leases; their promises about bounds, outages and the completion of stages hold here too. It
 * starts even if Redis is down. Thread-safe. Owns the connections and threads of its parts; {@link #close} ends them.
 */
public final class SharedRateLimiter implements RateLimiter, AutoCloseable {
    private final RedisRateLimiter redis;
    private final Optional<LeasingRateLimiter> leasing;
    private final LocalRateLimiter local;
    private final FallbackRateLimiter fallback;

    private SharedRateLimiter(Builder builder) {
        this.local = LocalRateLimiter.builder()
                .maxKeys(builder.maxKeys)
                .time(builder.time)
                .build();
        this.redis = builder.redis.build();
        this.leasing = builder.leases
                ? Optional.of(
                        LeasingRateLimiter.builder(redis).time(builder.time).build())
                : Optional.empty();
        this.fallback = FallbackRateLimiter.builder(leasing.isPresent() ? leasing.get() : redis)
                .local(local)
                .replicas(builder.replicas)
                .time(builder.time)
                .listener(builder.listener)
                .build();
    }

    /**
     * Returns a builder of a limiter on the Redis of {@code uri}.
     *
     * @param uri {@code redis://[[user]:password@]host[:port][/database]}, or {@code rediss} for TLS; see
     *     {@link RedisRateLimiter.Builder#uri}
     * @throws IllegalArgumentException names the part that is wrong, without its value
     */
    public static Builder builder(String uri) {
        return new Builder(RedisRateLimiter.builder().uri(uri));
    }

    /** Returns a builder of a limiter on the Redis that {@code redis} describes, which may be a Sentinel or a Cluster. */
    public static Builder builder(RedisRateLimiter.Builder redis) {
        return new Builder(redis);
    }

    @Override
    public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
        return fallback.decide(check);
    }

    @Override
    public CompletionStage<@Nullable Void> refund(RateLimitDecision decision) {
        return fallback.refund(decision);
    }

    @Override
    public CompletionStage<RateLimitDecisions> decideAll(List<RateLimitCheck> checks) {
        return fallback.decideAll(checks);
    }

    /** Returns the state: Redis decides, or this process. */
    public FallbackRateLimiter.State state() {
        return fallback.state();
    }

    /** Returns the counters and the state of the connection to Redis. */
    public RedisStats stats() {
        return redis.stats();
    }

    /** Returns the part that decides in Redis, with its counters. {@link #close} closes it. */
    public RedisRateLimiter redis() {
        return redis;
    }

    /** Returns the part that decides while Redis is unavailable, with its counters. */
    public FallbackRateLimiter fallback() {
        return fallback;
    }

    /** Returns the buckets of this process, with their counters. */
    public LocalRateLimiter local() {
        return local;
    }

    /** Returns the part that leases tokens of hot keys, with its counters; empty if there are no leases. */
    public Optional<LeasingRateLimiter> leasing() {
        return leasing;
    }

    /**
     * Closes connections, stops threads, and fails decisions that wait for Redis. Later checks are decided in this
     * process.
     */
    @Override
    public void close() {
        redis.close();
    }

    /** Builds a {@link SharedRateLimiter}. Not thread-safe. */
    public static final class Builder {
        private final RedisRateLimiter.Builder redis;
        private boolean leases;
        private int replicas = 1;
        private int maxKeys = 100_000;
        private TimeSource time = TimeSource.system();
        private FallbackRateLimiter.Listener listener = (from, to, reason) -> {};

        private Builder(RedisRateLimiter.Builder redis) {
            this.redis = requireNonNull(redis, "redis");
        }

        /** Sets the namespace of all keys, as {@link RedisRateLimiter.Builder#namespace} does; none by default. */
        public Builder namespace(String name) {
            redis.namespace(name);
            return this;
        }

        /** Sets the executor on which stages complete, as {@link RedisRateLimiter.Builder#callbackExecutor} does. */
        public Builder callbackExecutor(Executor executor) {
            redis.callbackExecutor(executor);
            return this;
        }

        /**
         * Sets whether tokens of hot keys are leased, as by a {@link LeasingRateLimiter} with its defaults; false by
         * default.
         */
        public Builder leases(boolean leased) {
            this.leases = leased;
            return this;
        }

        /**
         * Sets the number of instances that share the limits while Redis is unavailable, 1 to 10,000; 1 by default.
         */
        public Builder replicas(int instances) {
            this.replicas = Share.checked(instances);
            return this;
        }

        /** Sets the maximum of buckets in this process, 1 to 100,000,000; 100,000 by default. */
        public Builder maxKeys(int keys) {
            this.maxKeys = LocalRateLimiter.Builder.checkedMaxKeys(keys);
            return this;
        }

        /** Sets the clocks for decisions in this process; those of the system by default. */
        public Builder time(TimeSource source) {
            this.time = requireNonNull(source, "source");
            return this;
        }

        /** Sets the receiver of changes of {@link #state}; none by default. */
        public Builder listener(FallbackRateLimiter.Listener stateListener) {
            this.listener = requireNonNull(stateListener, "stateListener");
            return this;
        }

        /** Returns the limiter, which connects in the background. */
        public SharedRateLimiter build() {
            return new SharedRateLimiter(this);
        }
    }
}
