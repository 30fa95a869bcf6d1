package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;

/** A master, a replica, and three sentinels that watch them. */
@SuppressWarnings("NullAway.Init")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RedisSentinelTest {
    private static RedisProcess first;
    private static RedisProcess second;
    private static List<RedisProcess> sentinels;

    @BeforeAll
    static void start() {
        first = RedisProcess.start("--repl-diskless-sync-delay", "0");
        second = RedisProcess.start(
                "--repl-diskless-sync-delay", "0", "--replicaof", "127.0.0.1", String.valueOf(first.port()));
        sentinels = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            sentinels.add(RedisProcess.startSentinel(List.of(
                    "sentinel monitor gate 127.0.0.1 " + first.port() + " 2",
                    "sentinel down-after-milliseconds gate 1000",
                    "sentinel failover-timeout gate 5000")));
        }
        for (RedisProcess sentinel : sentinels) {
            try (Jedis jedis = sentinel.client()) {
                Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                    var master = jedis.sentinelMaster("gate");
                    return "2".equals(master.get("num-other-sentinels")) && "1".equals(master.get("num-slaves"));
                });
            }
        }
    }

    @AfterAll
    static void stop() {
        sentinels.forEach(RedisProcess::close);
        first.close();
        second.close();
    }

    @Test
    @Order(1)
    void followsAFailoverThatSomeoneAskedFor() {
        underLoad("sentinel, manual failover", () -> {
            try (Jedis jedis = sentinels.get(0).client()) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .ignoreExceptions()
                        .until(() -> jedis.sendCommand(Command.SENTINEL, "FAILOVER", "gate") != null);
            }
            second.awaitReplication("role:master");
            // Until then the old one still answers.
            first.awaitReplication("master_link_status:up");
        });
    }

    @Test
    @Order(2)
    void followsAFailoverFromAMasterThatDied() {
        underLoad("sentinel, master killed", () -> {
            second.kill();
            first.awaitReplication("role:master");
        });
    }

    private static void underLoad(String what, Runnable fault) {
        try (RedisRateLimiter shared = RedisRateLimiter.builder()
                        .sentinel(
                                "gate",
                                sentinels.stream().map(RedisProcess::address).toList())
                        .build();
                Load load = new Load(
                        FallbackRateLimiter.builder(shared)
                                .probeInterval(Duration.ofMillis(100))
                                .build(),
                        RateLimit.of(Bandwidth.of(20, 5, Duration.ofSeconds(1))),
                        10)) {
            load.start();
            load.awaitDecisions(200, false);
            fault.run();
            load.awaitDecisions(1_000, false);
            // Replication is asynchronous: the last tokens taken from the old master may be there again.
            load.stopAndVerify(what, 3);
        }
    }
}
