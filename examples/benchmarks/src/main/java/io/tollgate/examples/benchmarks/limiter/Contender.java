package io.tollgate.examples.benchmarks.limiter;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.redis.jedis.Bucket4jJedis;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.ratelimit.RedisRateLimiter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.UnifiedJedis;

/** A way to decide by Redis. */
interface Contender extends AutoCloseable {
    long CAPACITY = 1_000_000;
    long PER_SECOND = 100_000;

    CompletionStage<Boolean> decide(String key);

    @Override
    void close();

    static Contender of(String name, int port, int inFlight) throws IOException {
        return switch (name) {
            case "tollgate" -> tollgate(port);
            case "bucket4j-jedis" -> bucket4jJedis(port, inFlight);
            case "bucket4j-lettuce" -> bucket4jLettuce(port);
            case "lettuce-script" -> lettuceScript(port);
            default -> throw new IllegalArgumentException("contender: " + name);
        };
    }

    private static Contender tollgate(int port) {
        RedisRateLimiter limiter = RedisRateLimiter.builder()
                .standalone("127.0.0.1", port)
                .deadline(Duration.ofSeconds(5))
                .build();
        RateLimit limit = RateLimit.of(Bandwidth.of(CAPACITY, PER_SECOND, Duration.ofSeconds(1)));
        return new Contender() {
            @Override
            public CompletionStage<Boolean> decide(String key) {
                return limiter.decide(RateLimitCheck.of("default", key, limit)).thenApply(d -> d.allowed());
            }

            @Override
            public void close() {
                limiter.close();
            }
        };
    }

    private static BucketConfiguration configuration() {
        return BucketConfiguration.builder()
                .addLimit(limit -> limit.capacity(CAPACITY).refillGreedy(PER_SECOND, Duration.ofSeconds(1)))
                .build();
    }

    private static ExpirationAfterWriteStrategy expiry() {
        return ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofSeconds(1));
    }

    private static Contender bucket4jJedis(int port, int inFlight) {
        ConnectionPoolConfig config = new ConnectionPoolConfig();
        config.setMaxTotal(inFlight);
        config.setMaxIdle(inFlight);
        UnifiedJedis pool = redis.clients.jedis.RedisClient.builder()
                .hostAndPort("127.0.0.1", port)
                .poolConfig(config)
                .build();
        ProxyManager<byte[]> buckets = Bucket4jJedis.casBasedBuilder(pool)
                .expirationAfterWrite(expiry())
                .build();
        BucketConfiguration configuration = configuration();
        ExecutorService threads = Executors.newFixedThreadPool(inFlight);
        return new Contender() {
            @Override
            public CompletionStage<Boolean> decide(String key) {
                return CompletableFuture.supplyAsync(
                        () -> buckets.getProxy(key.getBytes(StandardCharsets.UTF_8), () -> configuration)
                                .tryConsumeAndReturnRemaining(1)
                                .isConsumed(),
                        threads);
            }

            @Override
            public void close() {
                threads.shutdownNow();
                pool.close();
            }
        };
    }

    private static Contender bucket4jLettuce(int port) {
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
        AsyncProxyManager<byte[]> buckets = Bucket4jLettuce.casBasedBuilder(client)
                .expirationAfterWrite(expiry())
                .build()
                .asAsync();
        BucketConfiguration configuration = configuration();
        return new Contender() {
            @Override
            public CompletionStage<Boolean> decide(String key) {
                return buckets.getProxy(
                                key.getBytes(StandardCharsets.UTF_8),
                                () -> CompletableFuture.completedFuture(configuration))
                        .tryConsumeAndReturnRemaining(1)
                        .thenApply(probe -> probe.isConsumed());
            }

            @Override
            public void close() {
                client.shutdown();
            }
        };
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = RedisRateLimiter.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Our script through a pipelining client. */
    private static Contender lettuceScript(int port) throws IOException {
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
        StatefulRedisConnection<String, String> connection = client.connect();
        String script = resource("token_bucket.lua")
                .replace("-- include token_bucket_windows.lua\n", resource("token_bucket_windows.lua"));
        String sha = connection.sync().scriptLoad(script);
        String[] limit = {
            "1000000",
            CAPACITY + "+" + PER_SECOND * 1_000_000 + "/1000000",
            CAPACITY * 1_000_000 + "",
            PER_SECOND + "",
            "1",
            "g"
        };
        return new Contender() {
            @Override
            public CompletionStage<Boolean> decide(String key) {
                return connection
                        .async()
                        .<String>evalsha(
                                sha, ScriptOutputType.VALUE, new String[] {"token_bucket:{default:" + key + "}"}, limit)
                        .thenApply(reply -> reply.charAt(0) == '1');
            }

            @Override
            public void close() {
                client.shutdown();
            }
        };
    }
}
