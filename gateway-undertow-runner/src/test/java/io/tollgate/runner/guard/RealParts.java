package io.tollgate.runner.guard;

import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.token.AccessRule;
import io.tollgate.auth.redis.RedisServer;
import io.tollgate.ratelimit.Policies;
import io.tollgate.ratelimit.RedisRateLimiter;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A real Redis for the guards of each test. */
abstract class RealParts {
    final String policy = "shop";
    final List<RedisRateLimiter> limiters = new ArrayList<>();
    RedisServer redis;

    @BeforeEach
    final void start(@TempDir Path folder) {
        redis = RedisServer.start(folder);
    }

    @AfterEach
    final void close() {
        limiters.forEach(RedisRateLimiter::close);
        redis.close();
    }

    /** A limiter that gives Redis all the time that a busy machine may need. */
    final RedisRateLimiter limiter() {
        RedisRateLimiter limiter = limiter(Duration.ofSeconds(30));
        // The first decision waits for the connection.
        limiter.decide(RateLimitCheck.of("warm-up", policy, RateLimit.perSecond(1_000)))
                .toCompletableFuture()
                .join();
        return limiter;
    }

    final RedisRateLimiter limiter(Duration deadline) {
        RedisRateLimiter limiter = RedisRateLimiter.builder()
                .standalone("127.0.0.1", redis.port())
                .deadline(deadline)
                .readTimeout(Duration.ofSeconds(30))
                .build();
        limiters.add(limiter);
        return limiter;
    }

    final RateLimitPolicy policy(RateLimit limit) {
        return Policies.named(policy).limit(limit).build();
    }

    static HttpRequestHead head(String... headers) {
        Map<String, List<String>> lines = new HashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            lines.put(headers[i], List.of(headers[i + 1]));
        }
        return HttpRequestHead.of("GET", URI.create("/shop"), InetAddress.getLoopbackAddress(), lines::get);
    }

    static Admission admit(RequestGuard guard, HttpRequestHead head, AccessRule rule) {
        return guard.admit(head, "/shop", rule).toCompletableFuture().join();
    }
}
