package io.tollgate.examples.benchmarks.limiter;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.BucketListener;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.SimpleBucketListener;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;

/** The code of bucket4j in docs/migrating-from-bucket4j.md. */
@SuppressWarnings("all")
abstract class Bucket4jSnippets {
    void limits() {
        BucketConfiguration limits = BucketConfiguration.builder()
                .addLimit(limit -> limit.capacity(50).refillGreedy(10, Duration.ofSeconds(1)))
                .addLimit(limit -> limit.capacity(1_000).refillIntervally(1_000, Duration.ofHours(1)))
                .build();
    }

    void consume(Map<String, Bucket> buckets, String user, Bandwidth limit) {
        Bucket bucket = buckets.computeIfAbsent(
                user, key -> Bucket.builder().addLimit(limit).build());
        if (!bucket.tryConsume(1)) {
            throw new TooManyRequests();
        }
    }

    static final class TooManyRequests extends RuntimeException {}

    void probe(Bucket bucket) {
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(5);
        long remaining = probe.getRemainingTokens();
        Duration wait = Duration.ofNanos(probe.getNanosToWaitForRefill());
    }

    void share(RedisClient client, String key, BucketConfiguration limits) {
        AsyncProxyManager<byte[]> buckets = Bucket4jLettuce.casBasedBuilder(client)
                .expirationAfterWrite(
                        ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofSeconds(10)))
                .build()
                .asAsync();
        CompletionStage<Boolean> allowed = buckets.getProxy(
                        key.getBytes(StandardCharsets.UTF_8), () -> CompletableFuture.completedFuture(limits))
                .tryConsume(1);
    }

    void listen(Bucket bucket, LongAdder rejected) {
        BucketListener listener = new SimpleBucketListener() {
            @Override
            public void onRejected(long tokens) {
                rejected.increment();
            }
        };
        Bucket counted = bucket.toListenable(listener);
    }
}
