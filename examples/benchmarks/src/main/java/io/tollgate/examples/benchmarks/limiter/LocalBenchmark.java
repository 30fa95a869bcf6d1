package io.tollgate.examples.benchmarks.limiter;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.ratelimit.LocalRateLimiter;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** In process: ours, which finds the bucket by its key, and bucket4j's, which has it at hand. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class LocalBenchmark {
    private static final long TOKENS = 1_000_000_000;

    /** What threads share. */
    @State(Scope.Benchmark)
    public static class Shared {
        final LocalRateLimiter limiter = LocalRateLimiter.builder().build();
        final RateLimit limit = RateLimit.perSecond(TOKENS);
        final AtomicInteger threads = new AtomicInteger();

        /** Fills the table with keys that are not asked. */
        public Shared() {
            for (int i = 0; i < 10_000; i++) {
                limiter.decideNow(RateLimitCheck.of("default", "user:" + i, limit));
            }
        }
    }

    /** What each thread has for itself: a key, and a bucket. */
    @State(Scope.Thread)
    public static class Own {
        final Bucket bucket = Bucket.builder()
                .addLimit(limit -> limit.capacity(TOKENS).refillGreedy(TOKENS, Duration.ofSeconds(1)))
                .build();
        RateLimitCheck check = RateLimitCheck.of("default", "none", RateLimit.perSecond(1));

        /** Takes the next user. */
        @Setup
        public void take(Shared shared) {
            check = RateLimitCheck.of("default", "user:" + shared.threads.incrementAndGet(), shared.limit);
        }
    }

    @Benchmark
    public long clockAlone() {
        return System.nanoTime();
    }

    @Benchmark
    public ConsumptionProbe bucket4j(Own own) {
        return own.bucket.tryConsumeAndReturnRemaining(1);
    }

    @Benchmark
    public RateLimitDecision decision(Shared shared, Own own) {
        return shared.limiter.decideNow(own.check);
    }

    @Benchmark
    public CompletionStage<RateLimitDecision> stage(Shared shared, Own own) {
        return shared.limiter.decide(own.check);
    }

    @Benchmark
    @Threads(2)
    public RateLimitDecision twoThreadsOnTwoKeys(Shared shared, Own own) {
        return shared.limiter.decideNow(own.check);
    }

    @Benchmark
    @Threads(2)
    public ConsumptionProbe bucket4jTwoThreadsOnTwoBuckets(Own own) {
        return own.bucket.tryConsumeAndReturnRemaining(1);
    }
}
