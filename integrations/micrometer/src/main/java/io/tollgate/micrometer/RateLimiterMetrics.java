package io.tollgate.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.tollgate.ratelimit.FallbackRateLimiter;
import io.tollgate.ratelimit.LeasingRateLimiter;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.RedisRateLimiter;

/**
 * Measures a rate limiter. Of limiters that stand in front of one another, each is bound:
 *
 * <pre>{@code
 * RedisRateLimiter redis = RedisRateLimiter.builder().standalone("localhost", 6379).build();
 * LocalRateLimiter local = LocalRateLimiter.builder().build();
 * FallbackRateLimiter limiter = FallbackRateLimiter.builder(redis).local(local).build();
 *
 * new RateLimiterMetrics(redis).bindTo(registry);
 * new RateLimiterMetrics(local).bindTo(registry);
 * new RateLimiterMetrics(limiter).bindTo(registry);
 * }</pre>
 *
 * <p>Decisions are measured by {@link GuardMetrics}. A registry tells two limiters of one kind apart by tags of their own,
 * with the same keys for both. The limiter is held weakly.
 */
@SuppressWarnings("exports") // The module of what is measured is required by whoever uses it.
public final class RateLimiterMetrics implements MeterBinder {
    private final MeterBinder meters;

    /** Measures the buckets in this process. */
    public RateLimiterMetrics(LocalRateLimiter limiter, Tag... tags) {
        requireNonNull(limiter, "limiter");
        this.meters = registry -> {
            Readings<LocalRateLimiter> readings = new Readings<>(registry, limiter, Tags.of(tags));
            readings.gauge(
                    "tollgate.ratelimit.buckets", "Buckets in the memory of this process", LocalRateLimiter::size);
            readings.counter(
                    "tollgate.ratelimit.evictions",
                    "Buckets forgotten because there were too many",
                    LocalRateLimiter::evictions);
        };
    }

    /** Measures leases: the keys that have one, and those that were taken. */
    public RateLimiterMetrics(LeasingRateLimiter limiter, Tag... tags) {
        requireNonNull(limiter, "limiter");
        this.meters = registry -> {
            Readings<LeasingRateLimiter> readings = new Readings<>(registry, limiter, Tags.of(tags));
            readings.gauge(
                    "tollgate.ratelimit.leases", "Hot keys that have a lease", LeasingRateLimiter::keysWithLease);
            readings.counter(
                    "tollgate.ratelimit.leases.taken",
                    "Leases taken from the shared limiter",
                    LeasingRateLimiter::leases);
        };
    }

    /** Measures which limiter decides, and the outages of the shared one. */
    public RateLimiterMetrics(FallbackRateLimiter limiter, Tag... tags) {
        requireNonNull(limiter, "limiter");
        this.meters = registry -> {
            Readings<FallbackRateLimiter> readings = new Readings<>(registry, limiter, Tags.of(tags));
            readings.states(
                    "tollgate.redis.state",
                    "Who decides rate limits: 1 for the state that holds",
                    FallbackRateLimiter.State.values(),
                    FallbackRateLimiter::state);
            readings.counter("tollgate.redis.outages", "Times that Redis was given up", FallbackRateLimiter::outages);
        };
    }

    /**
     * Measures the connection to Redis. Micrometer has no meter for the size of batches, which two counters tell:
     * {@link RedisRateLimiter#stats()} has them.
     */
    public RateLimiterMetrics(RedisRateLimiter limiter, Tag... tags) {
        requireNonNull(limiter, "limiter");
        this.meters = registry -> {
            Readings<RedisRateLimiter> readings = new Readings<>(registry, limiter, Tags.of(tags));
            readings.gauge(
                    "tollgate.redis.connected",
                    "1 while there is a connection, in a cluster to every master",
                    l -> l.stats().up() ? 1 : 0);
            readings.gauge(
                    "tollgate.redis.queued",
                    "Decisions that wait to be sent",
                    l -> l.stats().queued());
            String failures = "tollgate.redis.failures";
            String description = "Decisions that Redis did not make, and attempts to connect that failed";
            readings.counter(failures, description, l -> l.stats().timeouts(), "reason", "timeout");
            readings.counter(failures, description, l -> l.stats().overflows(), "reason", "overflow");
            readings.counter(failures, description, l -> l.stats().invalidReplies(), "reason", "invalid_reply");
            readings.counter(failures, description, l -> l.stats().connectFailures(), "reason", "connect");
        };
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        meters.bindTo(requireNonNull(registry, "registry"));
    }
}
