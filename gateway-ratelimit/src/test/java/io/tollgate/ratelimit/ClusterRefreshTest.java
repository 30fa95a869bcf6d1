package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The requests for the slots of a cluster, each of which takes a connection. */
class ClusterRefreshTest {
    private static final RateLimitCheck CHECK = RateLimitCheck.of("p", "key", RateLimit.perMinute(60));

    @ParameterizedTest
    @ValueSource(strings = {"1 :6379", "1 127.0.0.1:1"})
    void areNotSentForEachRedirection(String target) throws Exception {
        Queue<Long> requests = new ConcurrentLinkedQueue<>();
        AtomicReference<String> slots = new AtomicReference<>();
        ScriptedRedis.Script script = command -> switch (command.get(0)) {
            case "CLUSTER" -> {
                requests.add(System.nanoTime());
                yield slots.get();
            }
            case "EVALSHA" -> "-MOVED " + target + "\r\n";
            default -> ScriptedRedis.OK;
        };
        try (ScriptedRedis node = new ScriptedRedis(script)) {
            slots.set("*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n" + ScriptedRedis.bulk("127.0.0.1") + ":" + node.port()
                    + "\r\n");
            try (RedisRateLimiter limiter = RedisRateLimiter.builder()
                    .cluster(List.of(node.address()))
                    .deadline(Duration.ofSeconds(20))
                    .build()) {
                while (requests.size() < 6) {
                    failed(limiter);
                }
            }
        }
        assertPauses(requests, Duration.ofMillis(50));
    }

    private static void failed(RedisRateLimiter limiter) throws Exception {
        try {
            throw new AssertionError(limiter.decide(CHECK).toCompletableFuture().get(30, TimeUnit.SECONDS));
        } catch (ExecutionException expected) {
            assertThat(expected).hasCauseInstanceOf(io.tollgate.api.GatewayException.class);
        }
    }

    @Test
    void areNotHastenedByLostConnections() throws Exception {
        Queue<Long> requests = new ConcurrentLinkedQueue<>();
        ScriptedRedis.Script script = command -> switch (command.get(0)) {
            case "CLUSTER" -> {
                requests.add(System.nanoTime());
                yield "-ERR no\r\n";
            }
            case "EVALSHA" -> null;
            default -> ScriptedRedis.OK;
        };
        try (ScriptedRedis node = new ScriptedRedis(script);
                RedisRateLimiter limiter = RedisRateLimiter.builder()
                        .cluster(List.of(node.address()))
                        .deadline(Duration.ofSeconds(20))
                        .build()) {
            while (requests.size() < 3) {
                failed(limiter);
            }
        }
        assertPauses(requests, Duration.ofMillis(500));
    }

    private static void assertPauses(Queue<Long> requests, Duration least) {
        Long before = requests.remove();
        for (Long request : requests) {
            assertThat(Duration.ofNanos(request - before)).isGreaterThanOrEqualTo(least);
            before = request;
        }
    }
}
