package io.tollgate.runner.telemetry;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.tollgate.ratelimit.RedisRateLimiter;
import io.tollgate.ratelimit.RedisStats;

/**
 * The number of decisions in a flush to Redis, a summary of two counters. Micrometer has no meter for that: its function timer
 * has the unit of seconds, its custom meter becomes two counters, and its own summary adds a maximum.
 */
final class BatchSize implements Collector {
    private static final String NAME = "tollgate_ratelimit_batch_size";

    private final RedisRateLimiter limiter;

    BatchSize(RedisRateLimiter limiter) {
        this.limiter = limiter;
    }

    @Override
    public MetricSnapshot collect() {
        RedisStats stats = limiter.stats();
        return SummarySnapshot.builder()
                .name(NAME)
                .help("Decisions that were sent to Redis in one flush")
                .dataPoint(SummaryDataPointSnapshot.builder()
                        .count(stats.batches())
                        .sum((double) stats.decisions())
                        .build())
                .build();
    }
}
