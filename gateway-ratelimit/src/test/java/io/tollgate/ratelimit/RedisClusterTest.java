package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.testkit.RateLimiterContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.util.JedisClusterCRC16;

/** The contract, and more, on a cluster of three masters, of which the first has a replica. */
@SuppressWarnings("NullAway.Init")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RedisClusterTest extends RateLimiterContract {
    private static final RateLimit LIMIT = RateLimit.of(Bandwidth.of(20, 5, Duration.ofSeconds(1)));
    private static final int[] FIRST_SLOTS = {0, 5461, 10923, 16384};

    private static List<RedisProcess> masters;
    private static RedisProcess replica;
    private static List<RateLimiter> instances;

    @BeforeAll
    static void start() {
        masters = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            masters.add(node());
        }
        replica = node();
        for (int i = 0; i < 3; i++) {
            try (Jedis jedis = masters.get(i).client()) {
                jedis.sendCommand(Command.CLUSTER, slots(i));
                jedis.clusterMeet("127.0.0.1", masters.get((i + 1) % 3).port());
            }
        }
        try (Jedis jedis = replica.client();
                Jedis first = masters.get(0).client()) {
            jedis.clusterMeet("127.0.0.1", masters.get(0).port());
            String id = first.clusterMyId();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> jedis.clusterNodes().contains(id));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .ignoreExceptions()
                    .until(() -> "OK".equals(jedis.clusterReplicate(id)));
        }
        for (RedisProcess each : masters) {
            try (Jedis jedis = each.client()) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> jedis.clusterInfo().contains("cluster_state:ok")
                                && jedis.clusterInfo().contains("cluster_known_nodes:4"));
            }
        }
        replica.awaitReplication("master_link_status:up");
        instances = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            instances.add(builder().deadline(Duration.ofSeconds(10)).build());
        }
    }

    private static RedisProcess node() {
        return RedisProcess.start(
                "--cluster-enabled", "yes", "--cluster-node-timeout", "1500", "--repl-diskless-sync-delay", "0");
    }

    private static String[] slots(int master) {
        List<String> slots = new ArrayList<>(List.of("ADDSLOTS"));
        for (int slot = FIRST_SLOTS[master]; slot < FIRST_SLOTS[master + 1]; slot++) {
            slots.add(String.valueOf(slot));
        }
        return slots.toArray(String[]::new);
    }

    private static RedisRateLimiter.Builder builder() {
        return RedisRateLimiter.builder()
                .cluster(List.of(masters.get(1).address(), masters.get(2).address()));
    }

    @AfterAll
    static void stop() {
        instances.forEach(limiter -> ((RedisRateLimiter) limiter).close());
        masters.forEach(RedisProcess::close);
        replica.close();
    }

    @Override
    protected RateLimiter limiter() {
        return instances.get(0);
    }

    @Override
    protected List<RateLimiter> limiters(int count) {
        return instances.subList(0, count);
    }

    @Override
    protected void advance(Duration by) {
        masters.forEach(master -> RedisTime.advance(master, by));
    }

    @Test
    void sharesNoBucketWithAnotherNamespace() {
        try (RedisRateLimiter shop = builder()
                        .namespace("shop")
                        .deadline(Duration.ofSeconds(10))
                        .build();
                RedisRateLimiter other = builder()
                        .namespace("other")
                        .deadline(Duration.ofSeconds(10))
                        .build()) {
            for (int key = 0; key < 30; key++) {
                RateLimitCheck check = RateLimitCheck.of("spaces", "key" + key, RateLimit.perDay(10));
                for (RateLimiter each : List.of(shop, other, limiter())) {
                    assertThat(each.decide(check).toCompletableFuture().join().remaining())
                            .isEqualTo(9);
                }
                assertThat(shop.decide(check).toCompletableFuture().join().remaining())
                        .isEqualTo(8);
            }
            List<Integer> keys =
                    masters.stream().map(RedisClusterTest::keysOfTheShop).toList();
            assertThat(keys).as("spread over the masters").doesNotContain(0);
            assertThat(keys.stream().mapToInt(Integer::intValue).sum()).isEqualTo(30);
        }
    }

    private static int keysOfTheShop(RedisProcess master) {
        try (Jedis jedis = master.client()) {
            return jedis.keys("shop:token_bucket:{spaces:*}").size();
        }
    }

    @Test
    @Order(Integer.MAX_VALUE - 2)
    void survivesReshardingUnderLoad() {
        RedisProcess from = masters.get(1);
        RedisProcess to = masters.get(2);
        try (RedisRateLimiter shared = builder().build();
                Load load = new Load(FallbackRateLimiter.builder(shared).build(), LIMIT, 50);
                Jedis source = from.client();
                Jedis target = to.client()) {
            load.start();
            load.awaitDecisions(300, false);
            String sourceId = source.clusterMyId();
            String targetId = target.clusterMyId();
            int moved = 0;
            for (int key = 0; key < 50; key++) {
                int slot = JedisClusterCRC16.getSlot("token_bucket:{load:key" + key + "}");
                if (slot < FIRST_SLOTS[1] || slot >= FIRST_SLOTS[2]) {
                    continue;
                }
                moved++;
                target.clusterSetSlotImporting(slot, sourceId);
                source.clusterSetSlotMigrating(slot, targetId);
                load.awaitDecisions(100, false);
                List<String> keys = source.clusterGetKeysInSlot(slot, 10);
                while (!keys.isEmpty()) {
                    for (String name : keys) {
                        source.migrate("127.0.0.1", to.port(), name, 0, 5_000);
                    }
                    keys = source.clusterGetKeysInSlot(slot, 10);
                }
                load.awaitDecisions(100, false);
                target.clusterSetSlotNode(slot, targetId);
                source.clusterSetSlotNode(slot, targetId);
            }
            load.awaitDecisions(500, false);
            assertThat(moved).isPositive();
            assertThat(shared.stats().redirections()).isPositive();
            load.stopAndVerify("resharded, " + moved + " slots", 2);
        }
    }

    @Test
    @Order(Integer.MAX_VALUE - 1)
    void survivesAManualFailoverUnderLoad() {
        try (RedisRateLimiter shared = builder().build();
                Load load = new Load(FallbackRateLimiter.builder(shared).build(), LIMIT, 50);
                Jedis jedis = replica.client()) {
            load.start();
            load.awaitDecisions(300, false);
            jedis.clusterFailover();
            replica.awaitReplication("role:master");
            awaitAll(shared);
            load.awaitDecisions(1_000, false);
            load.stopAndVerify("cluster, manual failover", 2);
        }
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void survivesTheLossOfAMasterUnderLoad() {
        try (RedisRateLimiter shared = builder().build();
                Load load = new Load(FallbackRateLimiter.builder(shared).build(), LIMIT, 50)) {
            load.start();
            load.awaitDecisions(300, false);
            masters.get(0).awaitReplication("master_link_status:up");
            replica.kill();
            load.awaitDecisions(200, true);
            masters.get(0).awaitReplication("role:master");
            awaitAll(shared);
            load.awaitDecisions(1_000, false);
            load.stopAndVerify("cluster, master killed", 2);
        }
    }

    /** Waits until every part of the cluster decides. */
    private static void awaitAll(RedisRateLimiter shared) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
            for (int key = 0; key < 50; key++) {
                shared.decide(RateLimitCheck.of("await", "key" + key, LIMIT).withCost(0))
                        .toCompletableFuture()
                        .get(5, TimeUnit.SECONDS);
            }
            return true;
        });
    }
}
